import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  crc32c,
  createGallery,
  createRng,
  createVectors,
  l2Normalize,
  readGallery,
  vectorAt,
  writeGallery,
} from '@nearkin/core';
import { openIndex, openLastingIndex } from '@nearkin/searcher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums, drawShape, labels } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';

let root: string;
let photos: string;
let index: string;
const in_ = (...names: string[]) => join(root, ...names);

/** Unit rows `row 0`, `row 1`, …, of another embedder. */
function randomGallery(count: number, dim: number) {
  const rng = createRng(5);
  const vectors = l2Normalize(
    createVectors(
      Float32Array.from({ length: count * dim }, () => rng.normal()),
      dim,
    ),
  );
  return createGallery({
    vectors,
    ids: Array.from({ length: count }, (_, row) => `row ${row}`),
    labels: Array.from({ length: count }, (_, row) => (row % 2 ? 'odd' : '')),
    modelId: 'another-embedder',
    metadata: Array.from({ length: count }, (_, row) => ({ row })),
  });
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin index – ö '));
  photos = await drawAlbums(in_('photos'), { sizes: [28, 32, 36] });
  index = in_('photos.nearkin');
  const { code, stderr, stdout } = await run(['index', photos, '-o', index, '--labels']);
  expect(stderr).toContain('--embedder');
  expect(stdout).toContain('48 rows searchable');
  expect(code).toBe(0);
  await writeFile(in_('random.safetensors'), writeGallery(randomGallery(600, 24)));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('index', () => {
  it('says what it made of what, bad pictures left out and named', async () => {
    const folder = await drawAlbums(in_('half bad'), { labels: labels.slice(0, 3), sizes: [30] });
    await writeFile(join(folder, labels[0]!, 'note.jpg'), 'not a picture');
    const target = in_('half bad.nearkin');
    const { code, json, stderr } = await runJson(['index', folder, '-o', target]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ index: target, rows: 3, kind: 'flat', metric: 'cosine', partitions: 1 });
    expect(json.skipped).toMatchObject([{ image: `${labels[0]}/note.jpg`, code: 'BAD_PICTURE' }]);
    expect(json.bytes).toBe((await stat(target)).size);
    expect(stderr).toContain('Left out 1 picture');
  });

  it('gives the same bytes for the same pictures', async () => {
    await run(['index', photos, '-o', in_('again.nearkin'), '--labels']);
    expect((await readFile(in_('again.nearkin'))).equals(await readFile(index))).toBe(true);
  });

  it('takes a gallery and every knob of the shape', async () => {
    const args = ['index', in_('random.safetensors'), '-o', in_('knobs.nearkin'), '--kind', 'partitioned'];
    const knobs = ['--partitions', '12', '--codes', 'pq8', '--reorder', 'bf16', '--metric', 'squaredL2', '--seed', '3'];
    const { json } = await runJson([...args, ...knobs, '--target-recall', '0.9']);
    expect(json).toMatchObject({ rows: 600, partitions: 12, codes: 'pq8', reorder: 'bf16', metric: 'squaredL2' });
    expect(json.modelId).toBe('another-embedder');
    expect(json.recallEstimate).toBeGreaterThan(0.8);
  });
});

describe('search', () => {
  it('finds the pictures most like a picture it has not seen', async () => {
    await writeFile(in_('new.png'), await drawShape('red circle', 34));
    const { json } = await runJson(['search', index, '--image', in_('new.png'), '-k', '3']);
    expect(json).toHaveLength(3);
    expect(json.slice(0, 2).map(({ label }: { label: string }) => label)).toEqual(['red circle', 'red circle']);
    expect(Object.keys(json[0]).sort()).toEqual(['id', 'label', 'score']);
    expect(json[0].score).toBeGreaterThan(json[2].score);
    const text = await run(['search', index, '--image', in_('new.png'), '-k', '3']);
    expect(text.stdout).toContain(json[0].id);
  });

  it('finds the pictures most like one of its own: itself first', async () => {
    const id = `${labels[4]}/32.png`;
    const { json } = await runJson(['search', index, '--id', id, '-k', '2']);
    expect(json[0]).toMatchObject({ id, label: labels[4] });
    expect(json[0].score).toBeCloseTo(1, 4);
  });

  it('leaves labels out where there are none', async () => {
    await run(['convert', in_('random.safetensors'), in_('random.nearkin')]);
    const { json } = await runJson(['search', in_('random.nearkin'), '--id', 'row 4', '-k', '1']);
    expect(json).toMatchObject([{ id: 'row 4', score: expect.closeTo(1, 5) }]);
    expect(json[0]).not.toHaveProperty('label');
  });

  it('gives everything for k beyond the rows, nothing for k = 0', async () => {
    const id = `${labels[0]}/28.png`;
    expect((await runJson(['search', index, '--id', id, '-k', '1000'])).json).toHaveLength(48);
    expect((await runJson(['search', index, '--id', id, '-k', '0'])).json).toEqual([]);
  });

  it('writes a page that shows query and hits, and runs nothing', async () => {
    const page = in_('found.html');
    await run(['search', index, '--id', `${labels[2]}/28.png`, '-k', '5', '--html', page]);
    const html = await readFile(page, 'utf8');
    expect(html.match(/<img src="data:image\/webp;base64,/g)).toHaveLength(6);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toContain('<script');
  });

  it('shows pictures that were moved with --photos, and names for those that are gone', async () => {
    await copyFile(index, in_('again.nearkin'));
    const elsewhere = await mkdtemp(join(tmpdir(), 'nearkin-moved-'));
    await copyFile(index, join(elsewhere, 'moved.nearkin'));
    const args = ['search', join(elsewhere, 'moved.nearkin'), '--id', `${labels[2]}/28.png`, '-k', '5', '--html'];
    await run([...args, in_('gone.html')]);
    expect(await readFile(in_('gone.html'), 'utf8')).toContain('no picture');
    await run([...args, in_('moved.html'), '--photos', photos]);
    expect(await readFile(in_('moved.html'), 'utf8')).not.toContain('no picture');
    await rm(elsewhere, { recursive: true });
  });
});

describe('convert', () => {
  it('gives a gallery back as it was through an exact index, in its order', async () => {
    await run(['convert', in_('random.safetensors'), in_('exact.nearkin'), '--kind', 'flat']);
    const { json } = await runJson(['convert', in_('exact.nearkin'), in_('back.safetensors')]);
    expect(json).toMatchObject({ format: 'gallery', rows: 600 });
    const [before, after] = [randomGallery(600, 24), readGallery(await readFile(in_('back.safetensors')))];
    expect(after.ids).toEqual(before.ids);
    expect(after.labels).toEqual(before.labels);
    expect(after.metadata).toEqual(before.metadata);
    expect(after.modelId).toBe(before.modelId);
    for (let i = 0; i < after.vectors.data.length; i++)
      expect(Math.abs(after.vectors.data[i]! - before.vectors.data[i]!)).toBeLessThan(1e-6);
  });

  it.each([
    ['bf16', 2 ** -8],
    ['int8', 1 / 127 / 2],
  ])('rounds rows that are kept as %s by no more than that form does', async (form, most) => {
    const name = in_(`${form}.nearkin`);
    await run([
      'convert',
      in_('random.safetensors'),
      name,
      '--kind',
      'partitioned',
      '--partitions',
      '9',
      '--reorder',
      form,
    ]);
    await run(['convert', name, in_(`${form}.safetensors`)]);
    const [before, after] = [randomGallery(600, 24), readGallery(await readFile(in_(`${form}.safetensors`)))];
    expect(after.ids).toEqual(before.ids);
    for (const row of [0, 17, 599]) {
      const [a, b] = [vectorAt(before.vectors, row), vectorAt(after.vectors, row)];
      const largest = Math.max(...a.map(Math.abs));
      for (let j = 0; j < 24; j++) expect(Math.abs(a[j]! - b[j]!)).toBeLessThanOrEqual(largest * most * 1.01);
    }
  });
});

describe('bench', () => {
  it('measures recall of an exact index as 1, without counting a query as its own answer', async () => {
    const { json } = await runJson(['bench', in_('random.nearkin'), '--queries', '50']);
    expect(json).toMatchObject({ kind: 'flat', rows: 600, dim: 24, queries: 50, k: 10 });
    expect(json.settings).toHaveLength(1);
    expect(json.settings[0]).toMatchObject({ recall: 1, stored: true });
    expect(json.settings[0].queriesPerSecond).toBeGreaterThan(0);
  });

  it('shows what fewer and more partitions find, as a table too', async () => {
    const file = in_('bench.nearkin');
    await run(['index', in_('random.safetensors'), '-o', file, '--kind', 'partitioned', '--partitions', '20']);
    const { json } = await runJson(['bench', file, '--queries', '100', '-k', '5']);
    const recalls = json.settings.map(({ recall }: { recall: number }) => recall);
    expect(Math.max(...recalls)).toBeGreaterThan(recalls[0]);
    expect(json.settings.filter(({ stored }: { stored: boolean }) => stored)).toHaveLength(1);
    const text = await run(['bench', file, '--queries', '20', '--gallery', in_('random.safetensors')]);
    expect(text.stdout).toContain('recall@10');
    expect(text.stdout).toContain('of 20 partitions');
  });
});

describe('inspect', () => {
  it('describes an index and checks its bytes', async () => {
    const { json } = await runJson(['inspect', index]);
    expect(json).toMatchObject({ kind: 'index', intact: true, index: { kind: 'flat', count: 48 }, log: null });
    const damaged = await readFile(index);
    damaged[damaged.length - 40]! ^= 1;
    await writeFile(in_('damaged.nearkin'), damaged);
    expect((await runJson(['inspect', in_('damaged.nearkin')])).json.intact).toBe(false);
    expect((await run(['inspect', in_('damaged.nearkin')])).stdout).toContain('DAMAGED');
  });

  it('counts the changes that wait beside an index, and search sees them', async () => {
    await copyFile(index, in_('changed.nearkin'));
    const writer = await openLastingIndex(in_('changed.nearkin'));
    await writer.remove([`${labels[4]}/32.png`]);
    expect((await runJson(['inspect', in_('changed.nearkin')])).json.log).toMatchObject({ changes: 1 });
    const { json } = await runJson(['search', in_('changed.nearkin'), '--id', `${labels[4]}/32.png`]);
    expect(json.error.code).toBe('UNKNOWN_ID');
    await writer.close();
  });
});

/** Fails with the code in both ways, without a trace. */
async function expectFailure(args: string[], code: string, exit = 1): Promise<string> {
  const { json, code: status } = await runJson(args);
  expect(json).toEqual({ error: { code, message: expect.any(String), details: expect.any(Object) } });
  expect(status).toBe(exit);
  const asText = await run(args);
  expect(asText.code).toBe(exit);
  expect(asText.stdout).toBe('');
  expect(asText.stderr).not.toMatch(/\n\s+at /);
  return json.error.message;
}

/** The file as a later version would head it, its checksum right. */
function ofVersion(version: number, file: Buffer): Buffer {
  const size = 8 + Number(file.readBigUint64LE());
  const header = file.toString('latin1', 0, size).replace('"version":"1"', `"version":"${version}"`);
  const at = header.indexOf('"crc32c":"') + '"crc32c":"'.length;
  const blank = `${header.slice(0, at)}00000000${header.slice(at + 8)}`;
  const checksum = crc32c(Buffer.from(blank, 'latin1')).toString(16).padStart(8, '0');
  return Buffer.concat([
    Buffer.from(blank.slice(0, at) + checksum + blank.slice(at + 8), 'latin1'),
    file.subarray(size),
  ]);
}

describe('bad input', () => {
  it('an index of another embedder: says which flag puts it right', async () => {
    await writeFile(in_('new.png'), await drawShape('red circle', 34));
    const message = await expectFailure(['search', in_('random.nearkin'), '--image', in_('new.png')], 'MODEL_MISMATCH');
    expect(message).toContain('--embedder');
    expect(message).toContain('another-embedder');
  });

  it('queries of another dimension', async () => {
    await writeFile(in_('narrow.safetensors'), writeGallery(randomGallery(20, 8)));
    await expectFailure(['bench', in_('random.nearkin'), '--gallery', in_('narrow.safetensors')], 'DIMENSION_MISMATCH');
  });

  it('nothing to look for, two things, an unknown id, a query that is no picture', async () => {
    await expectFailure(['search', index], 'INVALID_ARGUMENT');
    await expectFailure(['search', index, '--id', 'a', '--image', 'b'], 'INVALID_ARGUMENT');
    expect(await expectFailure(['search', index, '--id', 'nobody'], 'UNKNOWN_ID')).toContain('nobody');
    await writeFile(in_('text.jpg'), 'not a picture');
    await expectFailure(['search', index, '--image', in_('text.jpg')], 'BAD_PICTURE');
    await expectFailure(['search', index, '--image', in_('missing.jpg')], 'NOT_FOUND');
  });

  it('numbers that make no sense are usage errors', async () => {
    for (const k of ['-1', '2.5', 'many'])
      await expectFailure(['search', index, '--id', 'a', '-k', k], 'INVALID_ARGUMENT', 2);
    await expectFailure(['index', photos, '-o', in_('x.nearkin'), '--target-recall', '2'], 'INVALID_ARGUMENT', 2);
    await expectFailure(['index', photos, '-o', in_('x.nearkin'), '--kind', 'magic'], 'INVALID_ARGUMENT', 2);
    await expectFailure(['index', photos, '-o', in_('x.nearkin'), '--partitions', '0'], 'INVALID_ARGUMENT', 2);
  });

  it('a file that is missing, cut off, damaged, something else, or of a newer version', async () => {
    const whole = await readFile(index);
    await expectFailure(['search', in_('nowhere.nearkin'), '--id', 'a'], 'NOT_FOUND');
    for (const length of [0, 7, 100, whole.length >> 1, whole.length - 1]) {
      await writeFile(in_('cut.nearkin'), whole.subarray(0, length));
      await expectFailure(['search', in_('cut.nearkin'), '--id', 'a'], 'BAD_FORMAT');
    }
    await writeFile(in_('other.nearkin'), 'not an index, but long enough to be read as a header of something');
    await expectFailure(['search', in_('other.nearkin'), '--id', 'a'], 'BAD_FORMAT');
    await expectFailure(['inspect', in_('other.nearkin')], 'BAD_FORMAT');
    const newer = ofVersion(9, whole);
    await writeFile(in_('newer.nearkin'), newer);
    await expectFailure(['search', in_('newer.nearkin'), '--id', 'a'], 'UNSUPPORTED_VERSION');
  });

  it('pictures that are not there, or none', async () => {
    await expectFailure(['index', in_('nowhere'), '-o', in_('x.nearkin')], 'NOT_FOUND');
    await expectFailure(['index', in_('nowhere.safetensors'), '-o', in_('x.nearkin')], 'NOT_FOUND');
    await writeFile(in_('bad.safetensors'), 'short');
    await expectFailure(['index', in_('bad.safetensors'), '-o', in_('x.nearkin')], 'BAD_FORMAT');
  });

  it('formats that convert does not know, or one only', async () => {
    await expectFailure(['convert', index, in_('other.nearkin')], 'INVALID_ARGUMENT');
    await expectFailure(['convert', index, in_('table.csv')], 'INVALID_ARGUMENT');
  });

  it('an index of codes only has no rows to give back', async () => {
    const file = in_('codes.nearkin');
    await run(['convert', in_('random.safetensors'), file, '--kind', 'partitioned', '--reorder', 'none']);
    expect(await expectFailure(['convert', file, in_('codes.safetensors')], 'UNSUPPORTED')).toContain('--reorder');
    await expectFailure(['bench', file], 'UNSUPPORTED');
    await expectFailure(['search', file, '--id', 'row 1'], 'UNSUPPORTED');
  });

  it('a file that somebody else is changing keeps its content', async () => {
    await copyFile(index, in_('busy.nearkin'));
    const before = await readFile(in_('busy.nearkin'));
    const writer = await openLastingIndex(in_('busy.nearkin'));
    await expectFailure(['index', in_('random.safetensors'), '-o', in_('busy.nearkin')], 'LOCKED');
    expect((await readFile(in_('busy.nearkin'))).equals(before)).toBe(true);
    await writer.close();
  });

  it('an output in a folder that cannot be made', async () => {
    await writeFile(in_('a file'), '');
    await expectFailure(['index', in_('random.safetensors'), '-o', in_('a file', 'x.nearkin')], 'IO_ERROR');
  });

  it('Ctrl-C ends an index before it is written', async () => {
    const controller = new AbortController();
    controller.abort(new Error('SIGINT'));
    const { json, code } = await runJson(['index', photos, '-o', in_('stopped.nearkin')], {
      signal: controller.signal,
    });
    expect(json.error.code).toBe('ABORTED');
    expect(code).toBe(1);
    await expect(stat(in_('stopped.nearkin'))).rejects.toThrow();
  });
});

it('opens what it wrote with the library', async () => {
  using opened = await openIndex(index);
  expect(opened.count).toBe(48);
  expect(opened.modelId).toMatch(/^dual-128-/);
});
