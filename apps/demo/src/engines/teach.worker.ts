import { type Classification, createVectors, type Gallery, type JobOptions, NearkinError } from '@nearkin/core';
import { buildClassifier, type RetrievalClassifier } from '@nearkin/retrieval';
import { type BaseModel, type OpenBaseModel, openBaseModel } from './base-model.js';
import { calibrateUnknown } from './calibrate-unknown.js';
import { editCard } from './edit-card.js';
import { type ExportKind, exportClassifier, type ModelCard } from './export-classifier.js';
import { guardRequests } from './guard-requests.js';
import { type PreparedPicture, preparePicture } from './prepare-picture.js';
import { readModel } from './read-model.js';
import { handOver, serve } from './rpc.js';
import { startBackend } from './start-backend.js';

const allow = guardRequests();

/** Rows without their pictures, as workers exchange them. */
export type Rows = Pick<Gallery, 'ids' | 'labels'> & { readonly data: Float32Array; readonly dim: number };

/** A picture that was looked at, or why not. */
export type Embedded =
  | (Omit<PreparedPicture, 'scaled'> & { readonly vector: Float32Array })
  | { readonly error: string };

export interface Answered {
  readonly answers: readonly Classification[];
  readonly vector: Float32Array;
  readonly embedMs: number;
  readonly matchMs: number;
}

let base: OpenBaseModel | undefined;
let classifier: RetrievalClassifier<Blob> | undefined;

function opened(): OpenBaseModel {
  if (base) return base;
  throw new NearkinError('DISPOSED', 'No base model is open yet.');
}

function build(rows: Rows, settings: { unknownBelow?: number | undefined; metadata?: ModelCard | undefined }) {
  const { image, id } = opened();
  const { ids, labels, data, dim } = rows;
  return buildClassifier(image, { ids, labels, vectors: createVectors(data, dim), modelId: id }, settings);
}

const api = {
  async open({ model }: { model: BaseModel }, { signal }: JobOptions) {
    allow(model);
    const { name, tried } = await startBackend();
    const next = await openBaseModel(model, signal);
    classifier?.dispose();
    classifier = undefined;
    base?.dispose();
    base = next;
    return { id: next.id, dim: next.dim, words: next.embedText !== undefined, backend: name, tried };
  },

  /** Looks at files one by one, so that a broken one does no harm to the others. */
  async embed({ pictures, keep }: { pictures: readonly Blob[]; keep: boolean }, job: JobOptions): Promise<Embedded[]> {
    const { image } = opened();
    const out: Embedded[] = [];
    for (const [i, file] of pictures.entries()) {
      if (job.signal?.aborted) throw new NearkinError('ABORTED', 'Looking at the pictures was cancelled.');
      try {
        const prepared = keep ? { picture: file, thumb: file } : await preparePicture(file);
        const { data } = await image.embed([prepared.picture], { signal: job.signal });
        out.push({ ...prepared, vector: data.slice() });
      } catch (error) {
        if (error instanceof NearkinError && (error.code === 'ABORTED' || error.code === 'DISPOSED')) throw error;
        out.push({ error: error instanceof Error ? error.message : String(error) });
      }
      job.onProgress?.({ done: i + 1, total: pictures.length });
    }
    return out;
  },

  async embedText({ text }: { text: string }) {
    const { embedText } = opened();
    if (!embedText)
      throw new NearkinError('BAD_TEXT', 'This base model knows pictures only; choose the starter for words.');
    return embedText(text);
  },

  /** Builds the classifier anew: it is computed, so this takes milliseconds. */
  teach({ rows }: { rows: Rows | undefined }) {
    const started = performance.now();
    classifier?.dispose();
    classifier = rows && new Set(rows.labels).size >= 2 ? build(rows, {}) : undefined;
    const ms = performance.now() - started;
    return { ready: classifier !== undefined, ms, unknown: rows && calibrateUnknown(rows) };
  },

  async classify({ picture, k }: { picture: Blob | ImageBitmap; k: number }): Promise<Answered> {
    const { image } = opened();
    const started = performance.now();
    const vectors = await image.embed([picture]);
    const embedded = performance.now();
    if (picture instanceof ImageBitmap) picture.close();
    const answers = (await classifier?.classifyVectors(vectors, { k }))?.[0] ?? [];
    const vector = vectors.data.slice();
    return handOver({ answers, vector, embedMs: embedded - started, matchMs: performance.now() - embedded }, [
      vector.buffer,
    ]);
  },

  /** A classifier as files. */
  async exportFiles(input: { rows: Rows; kind: ExportKind; card: ModelCard; unknownBelow: number | undefined }) {
    using exported = build(input.rows, { unknownBelow: input.unknownBelow, metadata: input.card });
    // Awaited here: the classifier is freed when this function returns.
    return await exportClassifier(exported, input.kind);
  },

  /** What is in a model file; the page decides what to do with it. */
  readModel({ file }: { file: Blob }) {
    return readModel(file, base?.image);
  },

  /** A saved model with other texts about it. */
  editCard({ zip, card }: { zip: Blob; card: ModelCard }) {
    return editCard(zip, card);
  },

  /** Which vectors a base model makes, without choosing it. */
  async identify({ model }: { model: BaseModel }, { signal }: JobOptions) {
    const { id, dispose } = await openBaseModel(model, signal);
    dispose();
    return id;
  },
};

export type TeachApi = typeof api;

serve(api);
