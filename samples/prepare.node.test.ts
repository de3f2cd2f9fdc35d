import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const program = join(import.meta.dirname, 'prepare.mjs');
let root: string;
let albums: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin samples '));
  albums = join(root, 'albums');
  const { stdout } = await run(process.execPath, [program, albums]);
  expect(stdout).toMatch(/^Drew \d+ pictures of \d+ emoji/);
});

afterAll(() => rm(root, { recursive: true, force: true }));

it('draws one picture a class from each vendor, for hundreds of classes', async () => {
  const gallery = await readdir(join(albums, 'gallery'));
  const queries = await readdir(join(albums, 'queries'));
  expect(gallery.length).toBeGreaterThan(250);
  expect(queries).toEqual(gallery);
  expect(new Set(gallery.map((label) => label.toLowerCase())).size).toBe(gallery.length);
  expect(gallery).toContain('grinning face');
  expect(gallery.some((label) => /skin tone|^flag:/.test(label))).toBe(false);
});

it('draws something on every picture, and not the same twice', async () => {
  const seen = new Set<string>();
  for (const [part, file] of [
    ['gallery', 'noto.png'],
    ['queries', 'twemoji.png'],
  ] as const) {
    for (const label of await readdir(join(albums, part))) {
      const path = join(albums, part, label, file);
      const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels], path).toEqual([96, 96, 3]);
      expect(Math.max(...data) - Math.min(...data), path).toBeGreaterThan(20);
      seen.add(data.toString('base64'));
    }
  }
  expect(seen.size).toBe((await readdir(join(albums, 'gallery'))).length * 2);
});

it('says whose pictures they are, beside them', async () => {
  const text = await readFile(join(albums, 'ATTRIBUTION.md'), 'utf8');
  for (const word of ['Noto Emoji', 'Apache-2.0', 'Twemoji', 'CC BY 4.0', 'emojibase']) expect(text).toContain(word);
});

it('leaves up-to-date albums alone, and draws the same bytes again otherwise', async () => {
  const sample = join(albums, 'gallery', 'grinning face', 'noto.png');
  const [before, bytes] = [await stat(sample), await readFile(sample)];
  const { stdout } = await run(process.execPath, [program, albums]);
  expect(stdout).toContain('are there');
  expect((await stat(sample)).mtimeMs).toBe(before.mtimeMs);

  await rm(join(albums, 'stamp.json'));
  await run(process.execPath, [program, albums]);
  expect((await stat(sample)).mtimeMs).toBeGreaterThan(before.mtimeMs);
  expect(await readFile(sample)).toEqual(bytes);
  expect(await readdir(root)).toEqual(['albums']);
});
