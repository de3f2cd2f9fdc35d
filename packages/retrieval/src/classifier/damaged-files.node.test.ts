import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NearkinError } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { loadImageEmbedder } from '@nearkin/embedders';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyImageEmbedder, toyPictureGallery, toyPictures } from '../../test/toy-image-embedder.js';
import { useBackend } from '../../test/use-backend.js';
import { withChecksum } from '../files/classifier-metadata.js';
import { exportGraphModel } from '../graph/export-graph-model.js';
import { buildClassifier } from './build-classifier.js';
import { loadClassifier } from './load-classifier.js';
import type { RetrievalClassifier } from './retrieval-classifier.js';

const queries = toyPictures(2, 99);
const damages = 6;

async function facts(classifier: RetrievalClassifier<ImageInput>) {
  const { labels, gallery, settings } = classifier;
  return { labels, gallery, settings, answers: await classifier.classifyBatch(queries, { k: 9 }) };
}

describe('a damaged saved classifier', () => {
  let folder: string;
  const saved = new Map<string, { files: Map<string, Uint8Array>; expected: Awaited<ReturnType<typeof facts>> }>();
  beforeAll(async () => {
    await useBackend('wasm');
    folder = await mkdtemp(join(tmpdir(), 'nearkin-damaged-'));
    const layers = toyImageEmbedder();
    await exportGraphModel(buildClassifier(layers, await toyPictureGallery(layers, ['x', 'y'])), join(folder, 'base'));
    const graph = await loadImageEmbedder(join(folder, 'base'));
    for (const [kind, embedder, quantize] of [
      ['layers', layers, 'none'],
      ['graph', graph, 'int8'],
    ] as const) {
      const gallery = await toyPictureGallery(embedder, ['a', '__proto__', 'a', 'b']);
      const classifier = buildClassifier(embedder, gallery, {
        quantize,
        aggregation: 'topM',
        unknownBelow: new Map([['__proto__', 0.75]]),
        metadata: { name: 'Toys' },
      });
      const target = join(folder, kind);
      await classifier.save(target);
      const files = new Map<string, Uint8Array>();
      for (const name of await readdir(target)) files.set(name, new Uint8Array(await readFile(join(target, name))));
      saved.set(kind, { files, expected: await facts(classifier) });
      classifier.dispose();
      embedder.dispose();
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** `same` when it opens and answers as before, else the code of its error. */
  async function open(kind: string, change: (files: Map<string, Uint8Array>) => void, what = ''): Promise<string> {
    const { files, expected } = saved.get(kind)!;
    const copy = new Map(files);
    change(copy);
    let classifier: RetrievalClassifier<ImageInput>;
    try {
      classifier = await loadClassifier(copy);
    } catch (error) {
      if (error instanceof NearkinError) return error.code;
      throw error;
    }
    expect(await facts(classifier), what).toEqual(expected);
    classifier.dispose();
    return 'same';
  }

  for (const kind of ['layers', 'graph'])
    it(`on ${kind}: a file cut short or with one bit turned gives a typed error or the same answers`, async () => {
      expect(await open(kind, () => {})).toBe('same');
      for (const [name, bytes] of saved.get(kind)!.files) {
        const outcomes = new Set<string>();
        for (let i = 0; i < damages; i++) {
          const at = Math.floor((i * bytes.length) / damages);
          expect(await open(kind, (files) => files.set(name, bytes.subarray(0, at)))).not.toBe('same');
          const turned = Uint8Array.from(bytes);
          turned[at]! ^= 1 << (i % 8);
          const around = new TextDecoder().decode(turned.subarray(Math.max(0, at - 20), at + 20));
          outcomes.add(await open(kind, (files) => files.set(name, turned), `${name}: ${around}`));
        }
        // Rows and weights are checked byte by byte; the model file holds texts that decide nothing.
        if (name !== 'model.json') expect([...outcomes]).toEqual(['BAD_FORMAT']);
        // Of weights the embedder's loader says that its model is broken.
        const missing = name.startsWith('weights') ? 'BAD_MODEL' : 'NOT_FOUND';
        expect(await open(kind, (files) => files.delete(name))).toBe(missing);
        expect(await open(kind, (files) => files.set(name, new Uint8Array(0)))).not.toBe('same');
      }
    });

  it('any byte of the record of the classifier counts', async () => {
    const { files } = saved.get('layers')!;
    const text = new TextDecoder().decode(files.get('model.json'));
    const from = text.indexOf('"classifier":');
    const to = text.indexOf('"embedder":');
    for (let at = from; at < to; at += 29) {
      const turned = new TextEncoder().encode(text);
      turned[at]! ^= 1;
      expect(await open('layers', (copy) => copy.set('model.json', turned)), text.slice(at - 20, at + 1)).not.toBe(
        'same',
      );
    }
  });

  it('a newer version is told from damage', async () => {
    const json = JSON.parse(new TextDecoder().decode(saved.get('layers')!.files.get('model.json')));
    const { nearkin } = json.userDefinedMetadata;
    nearkin.classifier = withChecksum({ ...nearkin.classifier, version: 2, settings: 'of another kind' });
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    expect(await open('layers', (files) => files.set('model.json', bytes))).toBe('UNSUPPORTED_VERSION');
  });
});
