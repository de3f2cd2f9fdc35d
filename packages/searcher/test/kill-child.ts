import { appendFileSync } from 'node:fs';
import { createRng } from '@nearkin/core';
import { openIndexWriter, replaceIndexFile } from '../src/file/lasting.js';
import { snapshotPieces } from '../src/file/snapshot-file.js';
import { numberedGallery, standInEngine } from './stand-in-engine.js';

/**
 * Changes an index without end, and writes down what it is about to do and what was acknowledged, until it is killed:
 * `node kill-child.js FILE JOURNAL SEED`.
 */
const [file, journal, seed] = process.argv.slice(2) as [string, string, string];
const rng = createRng(Number(seed));
const note = (event: unknown) => appendFileSync(journal, `${JSON.stringify(event)}\n`);

async function open() {
  const opened = await openIndexWriter(standInEngine, { address: file });
  note({ opened: [...opened.index.rows].map(([id, vector]) => [id, vector[0]]) });
  return opened;
}

let { index, writer } = await open();
for (;;) {
  const known = [...index.rows.keys()];
  const roll = rng.integer(20);
  if (roll === 0) {
    await writer.compact();
    continue;
  }
  if (roll === 1) {
    // Save over the file, as a program does that built the index again.
    await writer.close();
    await replaceIndexFile(file, snapshotPieces(await standInEngine.save(index)));
    ({ index, writer } = await open());
    continue;
  }
  const numbers = Array.from({ length: 1 + rng.integer(roll === 2 ? 2000 : 20) }, () => rng.integer(1e6));
  const unique = [...new Set(numbers)].filter((number) => !index.rows.has(`row ${number}`));
  const change =
    roll > 12 && known.length > 0
      ? ({ kind: 'remove', ids: rng.sample(known.length, Math.min(known.length, 10)).map((i) => known[i]!) } as const)
      : ({ kind: roll > 8 ? 'upsert' : 'add', gallery: numberedGallery(unique) } as const);
  if (change.kind !== 'remove' && unique.length === 0) continue;
  const event =
    change.kind === 'remove'
      ? { removed: change.ids }
      : { added: unique.map((number) => [`row ${number}`, number * 10]) };
  note({ begun: event });
  await writer.change(change);
  note({ acknowledged: event });
}
