import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, type Embedder, embedGallery, type Gallery, type Picture } from '@nearkin/core';
import { fromFunction, type ImageInput, loadImageEmbedder } from '@nearkin/embedders';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyImageEmbedder, toyPictureGallery, toyPictures } from '../../test/toy-image-embedder.js';
import { useBackend } from '../../test/use-backend.js';
import { exportGraphModel } from '../graph/export-graph-model.js';
import { buildClassifier } from './build-classifier.js';
import { loadClassifier } from './load-classifier.js';
import type { RetrievalClassifier } from './retrieval-classifier.js';

const names = ['a', '__proto__', 'constructor', '', 'b'];
const pictures = toyPictures(40);
const queries = toyPictures(6, 99);

interface Item {
  readonly id: string;
  readonly label: string;
  readonly input: Picture;
}

/** What the classifier should hold, kept as plain lists. */
interface Expected {
  items: Item[];
  thresholds: Map<string, number>;
}

async function randomEdit(
  classifier: RetrievalClassifier<ImageInput>,
  expected: Expected,
  { rng, step }: { rng: ReturnType<typeof createRng>; step: number },
): Promise<void> {
  const labels = [...new Set(expected.items.map(({ label }) => label))];
  const label = labels[rng.integer(labels.length)]!;
  const own = expected.items.filter((item) => item.label === label);
  const fresh = (name: string): Item[] =>
    Array.from({ length: 1 + rng.integer(3) }, (_, i) => ({
      id: `${step}.${i}`,
      label: name,
      input: pictures[rng.integer(pictures.length)]!,
    }));
  const inputs = (items: readonly Item[]) => items.map(({ input }) => input);
  const ids = (items: readonly Item[]) => items.map(({ id }) => id);
  switch (rng.integer(6)) {
    case 0: {
      const added = fresh(label);
      await classifier.addExamples(label, inputs(added), { ids: ids(added) });
      expected.items.push(...added);
      return;
    }
    case 1: {
      const added = fresh(`new ${step}`);
      await classifier.addClass(`new ${step}`, inputs(added), { ids: ids(added) });
      expected.items.push(...added);
      return;
    }
    case 2: {
      const added = [...fresh(label), { ...fresh('by gallery')[0]!, id: `${step} by gallery` }];
      classifier.addGallery(await embedGallery(classifier.embedder, added));
      expected.items.push(...added);
      return;
    }
    case 3:
      if (labels.length < 3) return;
      classifier.removeClass(label);
      expected.items = expected.items.filter((item) => item.label !== label);
      expected.thresholds.delete(label);
      return;
    case 4: {
      if (own.length < 2) return;
      const gone = own[rng.integer(own.length)]!;
      classifier.removeExample(gone.id);
      expected.items = expected.items.filter((item) => item !== gone);
      return;
    }
    default: {
      const to = `${label} ${step}`;
      classifier.renameClass(label, to);
      expected.items = expected.items.map((item) => (item.label === label ? { ...item, label: to } : item));
      const threshold = expected.thresholds.get(label);
      if (threshold === undefined) return;
      expected.thresholds.delete(label);
      expected.thresholds.set(to, threshold);
    }
  }
}

describe('a loaded classifier', () => {
  let folder: string;
  const embedders = new Map<string, Embedder<ImageInput>>();
  beforeAll(async () => {
    await useBackend('wasm');
    folder = await mkdtemp(join(tmpdir(), 'nearkin-loaded-'));
    const layers = toyImageEmbedder();
    embedders.set('layers', layers);
    await exportGraphModel(buildClassifier(layers, await toyPictureGallery(layers, ['x', 'y'])), join(folder, 'graph'));
    embedders.set('graph', await loadImageEmbedder(join(folder, 'graph')));
    embedders.set(
      'function',
      fromFunction((batch: readonly ImageInput[]) => batch.map((one) => (one as Picture).data.subarray(0, 10)), {
        id: 'first ten bytes',
        dim: 10,
      }),
    );
  });
  afterAll(async () => {
    for (const embedder of embedders.values()) embedder.dispose();
    await rm(folder, { recursive: true });
  });

  const cases = [
    ['layers', 'none', 'max'],
    ['layers', 'int8', 'prototype'],
    ['graph', 'none', 'topM'],
    ['graph', 'int8', 'max'],
    ['function', 'none', 'mean'],
    ['function', 'int8', 'softmax'],
  ] as const;
  for (const [kind, quantize, aggregation] of cases)
    it(`on ${kind}, ${quantize}, ${aggregation}: edits at random equal a rebuild, and are kept by save and load`, async () => {
      const embedder = embedders.get(kind)!;
      const rng = createRng(kind.length + quantize.length);
      const expected: Expected = {
        items: names.flatMap((label, c) => [
          { id: `${c}.first`, label, input: pictures[c]! },
          { id: `${c}.second`, label, input: pictures[c + 5]! },
        ]),
        thresholds: new Map([
          ['__proto__', 0.999],
          ['a', 2],
          ['b', -1],
        ]),
      };
      const galleryOf = ({ items }: Expected): Promise<Gallery> => embedGallery(embedder, items);
      const options = () => ({ quantize, aggregation, unknownBelow: expected.thresholds, metadata: { name: 'Toys' } });
      const target = join(folder, `${kind} ${quantize}`);
      const open = async (classifier: RetrievalClassifier<ImageInput>) => {
        await classifier.save(target);
        classifier.dispose();
        return kind === 'function' ? loadClassifier(target, { embedder }) : loadClassifier(target);
      };

      let edited = await open(buildClassifier(embedder, await galleryOf(expected), options()));
      for (let step = 0; step < 36; step++) {
        await randomEdit(edited, expected, { rng, step });
        if (step % 6 !== 5) continue;
        if (step % 12 === 11) edited = await open(edited);
        const rebuilt = buildClassifier(embedder, await galleryOf(expected), options());
        expect(edited.labels).toEqual([...new Set(expected.items.map(({ label }) => label))]);
        expect(edited.gallery).toEqual(rebuilt.gallery);
        expect(edited.settings).toEqual(rebuilt.settings);
        expect(await edited.classifyBatch(queries, { k: 99 })).toEqual(await rebuilt.classifyBatch(queries, { k: 99 }));
        rebuilt.dispose();
      }
      edited.dispose();
    });
});
