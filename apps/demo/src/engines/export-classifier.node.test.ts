import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGallery, type Embedder, type Gallery } from '@nearkin/core';
import { readImage } from '@nearkin/embedders/node';
import { buildClassifier, type RetrievalClassifier } from '@nearkin/retrieval';
import { loadStarter } from '@nearkin/starter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { byGraphModel, byIndex, bySavedModel, byTflite } from '../../test/in-node.js';
import { type ExportKind, exportClassifier } from './export-classifier.js';
import { readModel } from './read-model.js';
import { zipFiles } from './zip.js';

const labels = ['balloon', 'fish', 'green circle', 'grinning face', 'lemon', 'locked', 'old key', 'spider'];
const card = { name: 'Eight', author: 'A. Tester', version: '1.0', license: 'CC0', description: 'Drawings' };

let root: string;
let gallery: Gallery;
let classifier: RetrievalClassifier<Blob>;
let expected: { label: string; score: number };
const query = () => join(root, 'queries', 'old key', 'twemoji.png');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin export '));
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../../../../samples/prepare.mjs'), root]);
  const { image } = await loadStarter();
  const pictures = await Promise.all(labels.map((label) => readImage(join(root, 'gallery', label, 'noto.png'))));
  const vectors = await image.embed(pictures);
  gallery = createGallery({ ids: labels.map((label) => `${label}/noto.png`), labels, vectors, modelId: image.id });
  // The page gives blobs, Node gives pictures; the embedder takes either.
  const embedder = image as unknown as Embedder<Blob>;
  classifier = buildClassifier(embedder, gallery, { unknownBelow: 0.42, metadata: card });
  const [answers] = await classifier.classifyVectors(await image.embed([await readImage(query())]));
  expected = answers![0]!;
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const formats = [
  { kind: 'save', inNode: bySavedModel, tolerance: 1e-5, hasCard: true },
  { kind: 'graph', inNode: byGraphModel, tolerance: 1e-4, hasCard: true },
  { kind: 'index', inNode: byIndex, tolerance: 1e-4, hasCard: false },
  { kind: 'tflite', inNode: byTflite, tolerance: 1e-3, hasCard: true },
] as const satisfies readonly { kind: ExportKind; [more: string]: unknown }[];

it.each(formats)(
  '$kind: answers in Node as the classifier does, and opens again',
  async (format) => {
    const files = await exportClassifier(classifier, format.kind);
    const isZip = format.kind === 'save' || format.kind === 'graph';
    const bytes = isZip ? await zipFiles(files) : ([...files.values()][0] as Uint8Array<ArrayBuffer>);
    const answer = await format.inNode(bytes, query());
    expect(answer.label).toBe('old key');
    expect(answer.label).toBe(expected.label);
    expect(Math.abs(answer.score - expected.score)).toBeLessThan(format.tolerance);

    const read = await readModel(new Blob([bytes]), undefined);
    expect(read.modelId).toBe(gallery.modelId);
    expect(read.rows.ids).toEqual(gallery.ids);
    expect(read.rows.labels).toEqual(gallery.labels);
    // Of cosines only directions count.
    gallery.labels.forEach((_, row) => {
      const { dim } = gallery.vectors;
      const a = gallery.vectors.data.subarray(row * dim, (row + 1) * dim);
      const b = read.rows.data.subarray(row * dim, (row + 1) * dim);
      const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      expect(dot / (Math.hypot(...a) * Math.hypot(...b))).toBeCloseTo(1, 5);
    });
    if (format.hasCard) expect(read.card).toMatchObject({ name: 'Eight', author: 'A. Tester', license: 'CC0' });
    expect(read.unknownBelow).toBe(0.42);
  },
  60_000,
);

it('refuses what is no model', async () => {
  for (const content of ['', 'no model at all', 'PK\u0003\u0004', '\0\0\0\0TFL3'])
    await expect(readModel(new Blob([content]), undefined)).rejects.toMatchObject({ name: 'NearkinError' });
});
