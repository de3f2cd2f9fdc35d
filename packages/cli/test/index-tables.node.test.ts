import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageInput } from '@nearkin/embedders';
import { openSearcher } from '@nearkin/searcher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums, labels } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';
import { saveTaughtEncoder, word } from './taught-encoder.js';

let root: string;
let encoder: string;
const in_ = (...names: string[]) => join(root, ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin tables – ö '));
  encoder = await saveTaughtEncoder(in_('encoder'), await drawAlbums(in_('photos'), { sizes: [28, 32, 36] }));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('tables', () => {
  it('index pictures by a table, with its columns as labels and metadata', async () => {
    await writeFile(
      in_('photos', 'table.csv'),
      'file,kind,by\n"red circle/28.png",round,me\n"blue bars/28.png",flat,you\n"gone.png",flat,you\n',
    );
    const args = ['index', in_('photos', 'table.csv'), '-o', in_('from-table'), '--embedder', encoder];
    const { json } = await runJson([...args, '--image-column', 'file', '--label-column', 'kind']);
    expect(json).toMatchObject({ rows: 2, words: true });
    expect(json.skipped).toMatchObject([{ image: 'gone.png', code: 'NOT_FOUND' }]);
    using searcher = await openSearcher<ImageInput>(in_('from-table'));
    const [hit] = await searcher.search(word('blue bars'), { k: 1 });
    expect(hit).toMatchObject({
      id: 'blue bars/28.png',
      label: 'flat',
      metadata: { by: 'you', picture: expect.any(String) },
    });
  });

  it('are not needed for what stands beside each picture', async () => {
    const beside = await drawAlbums(in_('beside'), { labels: labels.slice(0, 2), sizes: [28, 32] });
    await writeFile(join(beside, labels[0]!, '28.dat'), 'told');
    await writeFile(join(beside, labels[0]!, '32.json'), '{"by":"me","picture":"mine"}');
    const metadataOf = async (ending: string) => {
      const args = [
        'index',
        beside,
        '-o',
        in_(`beside ${ending.slice(1)}`),
        '--embedder',
        encoder,
        '--metadata-ending',
        ending,
      ];
      const { json } = await runJson(args);
      if (json.error) return json.error;
      const found = await runJson(['search', in_(`beside ${ending.slice(1)}`), word(labels[0]!), '-k', '4']);
      return Object.fromEntries(
        found.json.map(({ id, metadata }: { id: string; metadata: unknown }) => [id, metadata]),
      );
    };
    const none = undefined;
    const [a, b] = [labels[0]!, labels[1]!];
    expect(await metadataOf('.dat')).toEqual({
      [`${a}/28.png`]: { data: 'told' },
      [`${a}/32.png`]: none,
      [`${b}/28.png`]: none,
      [`${b}/32.png`]: none,
    });
    expect(await metadataOf('.json')).toMatchObject({ [`${a}/32.png`]: { by: 'me' } });
    await writeFile(join(beside, b, '28.json'), '[1]');
    expect(await metadataOf('.json')).toMatchObject({
      code: 'BAD_FORMAT',
      message: expect.stringContaining('28.json'),
    });
  });

  it('index texts, and name the line that is wrong', async () => {
    await writeFile(
      in_('texts.jsonl'),
      `{"text":"${word('red circle')}","id":"a"}\n{"text":"${word('blue bars')}","id":"b"}\n`,
    );
    await run([
      'index',
      in_('texts.jsonl'),
      '-o',
      in_('texts'),
      '--embedder',
      encoder,
      '--text-column',
      'text',
      '--id-column',
      'id',
    ]);
    const found = await runJson(['search', in_('texts'), word('blue bars'), '-k', '1']);
    expect(found.json).toMatchObject([{ id: 'b', metadata: { text: word('blue bars') } }]);
    const shown = await run(['search', in_('texts'), word('blue bars'), '-k', '1']);
    expect(shown.stdout).toMatch(new RegExp(`b .*${word('blue bars')}\\n`));
    await writeFile(in_('bad.jsonl'), '{"image":"a.png"}\n{"image":\n');
    const lines = await runJson(['index', in_('bad.jsonl'), '-o', in_('bad'), '--embedder', encoder]);
    expect(lines.json.error).toMatchObject({ code: 'BAD_FORMAT', message: expect.stringContaining('line 2') });
    await writeFile(in_('bad.csv'), 'image,label\na.png,x\nb.png\n');
    const { json } = await runJson(['index', in_('bad.csv'), '-o', in_('bad'), '--embedder', encoder]);
    expect(json.error).toMatchObject({ code: 'BAD_FORMAT', message: expect.stringContaining('line 3') });
  });

  it('say which option names a column that is not there', async () => {
    await writeFile(in_('other.csv'), 'file,caption\na.png,a dog\n');
    const messageOf = async (...more: string[]) => {
      const args = ['index', in_('other.csv'), '-o', in_('other'), '--embedder', encoder, ...more];
      const { json } = await runJson(args);
      expect(json.error.code).toBe('BAD_FORMAT');
      return json.error.message;
    };
    const paths = await messageOf();
    expect(paths).toContain('"image"');
    expect(paths).toContain('the columns file, caption');
    expect(paths).toContain('--image-column');
    expect(paths).toContain('--text-column');
    expect(await messageOf('--text-column', 'words')).toMatch(/"words".*--text-column/);
    expect(await messageOf('--image-column', 'file', '--id-column', 'number')).toMatch(/"number".*--id-column/);
  });
});

describe('an output', () => {
  it('that names a file where a folder will be written is refused, and nothing is written', async () => {
    await drawAlbums(in_('outputs', 'albums'), { labels: labels.slice(0, 2), sizes: [28] });
    await writeFile(in_('outputs', 'taken'), 'mine');
    const before = await readdir(in_('outputs'));
    const failureOf = async (verb: string, output: string, ...more: string[]) =>
      (await runJson([verb, in_('outputs', 'albums'), '-o', in_('outputs', output), ...more])).json.error;
    for (const name of ['x.json', 'search.json', 'x.ldb', 'photos.tflite'])
      expect(await failureOf('index', name, '--embedder', encoder)).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('FILE.nearkin'),
      });
    expect(await failureOf('index', 'taken', '--embedder', encoder)).toMatchObject({ code: 'IO_ERROR' });
    for (const verb of ['build', 'train'])
      expect(await failureOf(verb, 'pets.json')).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await readdir(in_('outputs'))).toEqual(before);
    expect(await readFile(in_('outputs', 'taken'), 'utf8')).toBe('mine');
  });

  it('may have a dot in its name', async () => {
    await drawAlbums(in_('dotted', 'albums'), { labels: labels.slice(0, 2), sizes: [28] });
    const output = in_('dotted', 'photos.2024');
    await runJson(['index', in_('dotted', 'albums'), '-o', output, '--embedder', encoder]);
    expect(await readdir(output)).toContain('search.json');
  });
});
