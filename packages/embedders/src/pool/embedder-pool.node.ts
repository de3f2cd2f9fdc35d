import { availableParallelism } from 'node:os';
import {
  createVectors,
  type EmbedOptions,
  type JobOptions,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import { host } from '#picture-host';
import { disposedError } from '../image/disposed-error.js';
import type { ImageEmbedder } from '../image/image-embedder.js';
import { type LoadImageEmbedderOptions, loadImageEmbedder } from '../image/load-image-embedder.js';
import { embedderMetadata } from '../image/save-embedder.js';
import { layersArtifacts } from '../models/load-layers.js';
import type { ImageInput } from '../pictures/image-input.js';
import type { ReadImageNodeOptions } from '../pictures/read-image.node.js';
import { PoolWorker } from './pool-worker.node.js';

export interface EmbedderPoolOptions
  extends JobOptions,
    Pick<LoadImageEmbedderOptions, 'layer' | 'preprocessing' | 'id'>,
    Pick<ReadImageNodeOptions, 'limitInputPixels' | 'decoder'> {
  /** Threads; default one for each core. */
  readonly workers?: number | undefined;
  /** Pictures a worker gives to its model at a time; default 4. */
  readonly batchSize?: number | undefined;
  /** Default wasm: an instance for each worker. */
  readonly backend?: 'tensorflow' | 'wasm' | 'cpu' | undefined;
}

/** An embedder whose work is done by worker threads. */
export interface EmbedderPool extends ImageEmbedder {
  readonly workers: number;
}

/**
 * Starts worker threads that each hold the embedder, for bulk work: pictures are decoded while others are embedded, on
 * all cores. The answers are those of the embedder itself, bit for bit, on the same backend.
 *
 * It takes paths, `file:` URLs, encoded bytes and decoded pictures. Give it many at a time: with `embedGallery` use a
 * batch size of several times the workers, and paths instead of decoded pictures (`readAlbums(dir, { decode: false })`).
 *
 * @param source an embedder (it stays yours), or anything `loadImageEmbedder` takes
 * @throws {NearkinError} as `loadImageEmbedder`; from `embed` also `WORKER_FAILED` when a thread died: the pool then ends
 * @example
 * const pool = await createEmbedderPool('models/mobilenet-v2', { workers: 2 });
 * const gallery = await embedGallery(pool, readAlbums('albums', { decode: false }), { batchSize: 64 });
 * pool.dispose();
 */
export async function createEmbedderPool(
  source: Parameters<typeof loadImageEmbedder>[0] | ImageEmbedder,
  options: EmbedderPoolOptions = {},
): Promise<EmbedderPool> {
  const { workers = availableParallelism(), batchSize = 4, backend = 'wasm', signal } = options;
  for (const [name, value] of Object.entries({ workers, batchSize }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} of at least 1, got ${value}.`, {
        details: { name, value },
      });
  const given = isEmbedder(source);
  const embedder = given ? source : await loadImageEmbedder(source, options);
  try {
    // An embedder may build its model only when it is asked for it.
    await host.ensureBackend();
    const { model, id, dim, preprocessing } = embedder;
    if (model.kind === 'function')
      throw new NearkinError('UNSUPPORTED', 'An embedder without a model of its own cannot be copied into workers.');
    const artifacts =
      model.kind === 'graph' ? model.artifacts : (model.artifacts ?? layersArtifacts(model.model, 'The model'));
    const { layer } = embedderMetadata(embedder);
    const { limitInputPixels, decoder } = options;
    const setup = { artifacts, id, layer, preprocessing, batchSize, backend, reading: { limitInputPixels, decoder } };
    const threads = Array.from({ length: workers }, () => new PoolWorker(setup));
    try {
      await Promise.all(threads.map((thread) => thread.ready()));
      throwIfAborted(signal);
    } catch (error) {
      for (const thread of threads) thread.dispose();
      throw error;
    }
    return openPool(threads, { id, dim, preprocessing, batchSize });
  } finally {
    if (!given) embedder.dispose();
  }
}

function openPool(
  threads: readonly PoolWorker[],
  facts: Pick<ImageEmbedder, 'id' | 'dim' | 'preprocessing'> & { batchSize: number },
): EmbedderPool {
  const { id, dim, preprocessing, batchSize } = facts;
  let disposed = false;
  const dispose = () => {
    disposed = true;
    for (const thread of threads) thread.dispose();
  };
  return Object.freeze({
    id,
    dim,
    preprocessing,
    model: { kind: 'function' } as const,
    workers: threads.length,
    dispose,
    [Symbol.dispose]: dispose,
    async embed(batch: readonly ImageInput[], { signal }: EmbedOptions = {}): Promise<Vectors> {
      if (disposed) throw disposedError();
      throwIfAborted(signal);
      const out = new Float32Array(batch.length * dim);
      // Small batches are shared out evenly; of large ones each worker takes the next piece when it has room.
      const piece = Math.max(1, Math.min(batchSize, Math.ceil(batch.length / threads.length)));
      let next = 0;
      let failed = false;
      const take = async (thread: PoolWorker): Promise<void> => {
        while (next < batch.length && !failed) {
          throwIfAborted(signal);
          const from = next;
          next += piece;
          try {
            out.set(await thread.embed(batch.slice(from, from + piece).map(portable)), from * dim);
          } catch (error) {
            failed = true;
            throw error;
          }
        }
      };
      // Two pieces at each worker: one is embedded while the other is decoded.
      await settleAll(threads.flatMap((thread) => [take(thread), take(thread)]));
      if (disposed) throw disposedError();
      throwIfAborted(signal);
      return createVectors(out, dim);
    },
  });
}

/** Waits for all, so that nothing goes on behind an error; then throws the first. */
async function settleAll(jobs: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(jobs)) if (result.status === 'rejected') throw result.reason;
}

/** A URL cannot be sent to a thread as such. */
function portable(input: ImageInput): ImageInput {
  return input instanceof URL ? input.href : input;
}

function isEmbedder(source: object | string): source is ImageEmbedder {
  return typeof source === 'object' && 'embed' in source && 'preprocessing' in source;
}
