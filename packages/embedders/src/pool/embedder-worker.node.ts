import { parentPort, workerData } from 'node:worker_threads';
import { NearkinError, type Picture } from '@nearkin/core';
import { io } from '@tensorflow/tfjs-core';
import { chooseBackend } from '../backends/choose-backend.node.js';
import type { ImageEmbedder } from '../image/image-embedder.js';
import { loadImageEmbedder } from '../image/load-image-embedder.js';
import { type ImageInput, isPicture } from '../pictures/image-input.js';
import { readImage } from '../pictures/read-image.node.js';
import type { PlainError, WorkerAnswer, WorkerJob, WorkerSetup } from './pool-messages.js';

const setup = workerData as WorkerSetup;
const port = parentPort!;
const answer = (message: WorkerAnswer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

/** Inference goes job by job; the pictures of later jobs are decoded meanwhile. */
let queue = start().catch((error: unknown) => {
  answer({ job: undefined, error: plain(error) });
  return undefined;
});

port.on('message', ({ job, inputs }: WorkerJob) => {
  const pictures = Promise.all(inputs.map(decode));
  pictures.catch(() => {});
  queue = queue.then(async (embedder) => {
    if (!embedder) return undefined;
    try {
      const { data } = await embedder.embed(await pictures);
      answer({ job, rows: data }, [data.buffer as ArrayBuffer]);
    } catch (error) {
      answer({ job, error: plain(error) });
    }
    return embedder;
  });
});

async function start(): Promise<ImageEmbedder | undefined> {
  const { artifacts, id, layer, preprocessing, batchSize, backend } = setup;
  await chooseBackend({ force: backend });
  const embedder = await loadImageEmbedder(io.fromMemory(artifacts), { layer, preprocessing, id, batchSize });
  answer({ ready: true, dim: embedder.dim });
  return embedder;
}

async function decode(input: ImageInput): Promise<Picture> {
  if (typeof input === 'string' || input instanceof Uint8Array) return readImage(input, setup.reading);
  if (typeof input === 'object' && isPicture(input)) return input;
  throw new NearkinError('INVALID_ARGUMENT', 'A pool takes paths, file: URLs, encoded bytes and decoded pictures.');
}

function plain(error: unknown): PlainError {
  if (error instanceof NearkinError) return error.toJSON();
  return { code: 'WORKER_FAILED', message: error instanceof Error ? error.message : String(error), details: {} };
}
