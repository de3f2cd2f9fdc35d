import { fork } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@nearkin/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleForNode } from '../../test/bundle-for-node.js';
import { indexRows } from '../../test/index-rows.js';
import { numberedGallery } from '../../test/stand-in-engine.js';
import { buildIndex } from '../build/build-index.js';
import { openIndex, saveIndex } from './index-file.js';

/** `NEARKIN_KILLS=200` for the long run. */
const kills = Number(process.env['NEARKIN_KILLS'] ?? 12);
const seed = Number(process.env['NEARKIN_SEED'] ?? 1);

type Rows = Map<string, number>;
type Event = { added?: [string, number][]; removed?: string[] };

/** What the child knew: the rows after every acknowledged change, and the change it was in the middle of. */
function replay(journal: string): { acknowledged: Rows; begun: Event | undefined; changes: number } {
  let rows: Rows = new Map();
  let begun: Event | undefined;
  let changes = 0;
  // The child may have died while it wrote its last line.
  for (const line of journal.split('\n').slice(0, -1)) {
    const event: { opened?: [string, number][]; begun?: Event; acknowledged?: Event } = JSON.parse(line);
    if (event.opened) rows = new Map(event.opened);
    begun = event.begun;
    if (!event.acknowledged) continue;
    apply(rows, event.acknowledged);
    changes++;
  }
  return { acknowledged: rows, begun, changes };
}

function apply(rows: Rows, { added, removed }: Event): void {
  for (const [id, value] of added ?? []) rows.set(id, value);
  for (const id of removed ?? []) rows.delete(id);
}

const asText = (rows: Rows) => JSON.stringify([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));

describe('a writer that is killed', () => {
  let folder: string;
  let child: { folder: string; program: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-kill-'));
    child = await bundleForNode(join(import.meta.dirname, '../../test/kill-child.ts'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await rm(child.folder, { recursive: true });
  });

  it(`leaves a file that opens with every acknowledged change, ${kills} times`, { timeout: 600_000 }, async () => {
    const path = join(folder, 'photos.nearkin');
    await saveIndex(await buildIndex(numberedGallery([1]), { kind: 'flat', metric: 'dot' }), path);
    const rng = createRng(seed);
    let changes = 0;
    let inTheMiddle = 0;
    for (let round = 0; round < kills; round++) {
      const journal = join(folder, `journal-${round}`);
      const writer = fork(child.program, [path, journal, String(seed * 1000 + round)], { stdio: 'pipe' });
      let output = '';
      writer.stderr!.on('data', (text) => (output += text));
      const ended = new Promise<string | null>((done) => writer.on('exit', (_, signal) => done(signal)));
      // From its first change on, so that slow machines do not only kill programs that start.
      await untilThere(journal, ended);
      await new Promise((done) => setTimeout(done, rng.uniform() * 150));
      writer.kill('SIGKILL');
      expect(await ended, output).toBe('SIGKILL');

      const { acknowledged, begun, changes: done } = replay(await readFile(journal, 'utf8'));
      const found: Rows = indexRows(await openIndex(path));
      // A change that was under way may be there, wholly, or not at all.
      const after = new Map(acknowledged);
      if (begun) apply(after, begun);
      const [before, also, now] = [acknowledged, after, found].map(asText);
      expect(now === before || now === also, `round ${round}: ${found.size} rows, expected ${acknowledged.size}`).toBe(
        true,
      );
      changes += done;
      if (now !== before) inTheMiddle++;
    }
    if (kills > 20)
      console.info(
        `${kills} kills, ${changes} acknowledged changes, ${inTheMiddle} kept before they were acknowledged`,
      );
    expect(changes).toBeGreaterThan(0);
    const rest = (await readdir(folder)).filter((name) => !/^journal-|^\.nearkin-\d+-|\.lock/.test(name));
    expect(rest.filter((name) => name !== 'photos.nearkin.log')).toEqual(['photos.nearkin']);
  });
});

async function untilThere(path: string, ended: Promise<unknown>): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && !(await readFile(path, 'utf8').catch(() => '')).includes('\n'))
    await new Promise((done) => setTimeout(done, 5));
}
