import { appendFileSync } from 'node:fs';
import { createRng } from '@nearkin/core';
import { openIndex, saveIndex } from '../src/file/index-file.js';
import { openLastingIndex } from '../src/file/lasting-index.js';
import { indexRows } from './index-rows.js';
import { numberedGallery } from './stand-in-engine.js';

/**
 * Changes an index without end, and writes down what it is about to do and what was acknowledged, until it is killed:
 * `node kill-child.js FILE JOURNAL SEED`.
 */
const [file, journal, seed] = process.argv.slice(2) as [string, string, string];
const rng = createRng(Number(seed));
const note = (event: unknown) => appendFileSync(journal, `${JSON.stringify(event)}\n`);

async function open() {
  const opened = await openLastingIndex(file);
  const rows = indexRows(opened.index);
  note({ opened: [...rows] });
  return { lasting: opened, known: new Set(rows.keys()) };
}

let { lasting, known } = await open();
for (;;) {
  const roll = rng.integer(20);
  if (roll < 2) {
    await lasting.compact();
    continue;
  }
  if (roll === 2) {
    // Save over the file, as a program does that built the index again.
    await lasting.close();
    await saveIndex(await openIndex(file), file);
    ({ lasting, known } = await open());
    continue;
  }
  if (roll > 12 && known.size > 0) {
    const ids = [...known];
    const removed = rng.sample(ids.length, Math.min(ids.length, 10)).map((i) => ids[i]!);
    note({ begun: { removed } });
    await lasting.remove(removed);
    note({ acknowledged: { removed } });
    for (const id of removed) known.delete(id);
    continue;
  }
  // Numbers whose tenfold float32 holds exactly.
  const numbers = Array.from({ length: 1 + rng.integer(roll === 3 ? 2000 : 20) }, () => rng.integer(1e6));
  const fresh = [...new Set(numbers)].filter((number) => !known.has(`row ${number}`));
  const added = fresh.map((number) => [`row ${number}`, number * 10]);
  note({ begun: { added } });
  await lasting[roll > 8 ? 'upsert' : 'add'](numberedGallery(fresh));
  note({ acknowledged: { added } });
  for (const number of fresh) known.add(`row ${number}`);
}
