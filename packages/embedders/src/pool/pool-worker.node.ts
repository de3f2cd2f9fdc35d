import { Worker } from 'node:worker_threads';
import { NearkinError } from '@nearkin/core';
import { workerEntry } from '#worker-entry';
import { disposedError } from '../image/disposed-error.js';
import type { ImageInput } from '../pictures/image-input.js';
import type { WorkerAnswer, WorkerJob, WorkerSetup } from './pool-messages.js';

interface Pending {
  readonly resolve: (rows: Float32Array) => void;
  readonly reject: (error: NearkinError) => void;
}

/** One thread of a pool. It keeps the process alive only while it has work. */
export class PoolWorker {
  readonly #pending = new Map<number, Pending>();
  readonly #ready: Promise<Worker>;
  #worker: Worker | undefined;
  #failure: NearkinError | undefined;
  #jobs = 0;

  constructor(setup: WorkerSetup) {
    this.#ready = this.#start(setup);
    this.#ready.catch(() => {});
  }

  /** @throws {NearkinError} when the thread cannot load the embedder */
  async ready(): Promise<void> {
    await this.#ready;
  }

  async embed(inputs: readonly ImageInput[]): Promise<Float32Array> {
    const worker = await this.#ready;
    if (this.#failure) throw this.#failure;
    const job = this.#jobs++;
    return new Promise((resolve, reject) => {
      this.#pending.set(job, { resolve, reject });
      worker.ref();
      try {
        worker.postMessage({ job, inputs } satisfies WorkerJob);
      } catch (cause) {
        this.#settle(job);
        reject(
          new NearkinError('INVALID_ARGUMENT', 'A pool takes paths, file: URLs, encoded bytes and decoded pictures.', {
            cause,
          }),
        );
      }
    });
  }

  dispose(): void {
    this.#fail(disposedError());
  }

  async #start(setup: WorkerSetup): Promise<Worker> {
    // A thread inherits --input-type of a program given by --eval, and refuses to start from a file then.
    const inherited = process.execArgv.some((argument) => argument.startsWith('--input-type'));
    const worker = new Worker(await workerEntry(), { workerData: setup, ...(inherited ? { execArgv: [] } : {}) });
    if (this.#failure) {
      void worker.terminate();
      throw this.#failure;
    }
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (answer: WorkerAnswer) => {
        if ('ready' in answer) {
          worker.unref();
          resolve(worker);
          return;
        }
        const pending = answer.job === undefined ? undefined : this.#settle(answer.job);
        if ('rows' in answer) pending?.resolve(answer.rows);
        else if (pending) pending.reject(revive(answer.error));
        else this.#fail(revive(answer.error));
        if (this.#failure) reject(this.#failure);
      });
      const died = (reason: string, cause?: unknown) => {
        this.#fail(
          new NearkinError('WORKER_FAILED', `A worker of the embedder pool died (${reason}); make a new pool.`, {
            cause,
          }),
        );
        reject(this.#failure);
      };
      worker.on('error', (cause) => died(cause instanceof Error ? cause.message : String(cause), cause));
      worker.on('exit', (code) => died(`exit code ${code}`));
    });
  }

  #settle(job: number): Pending | undefined {
    const pending = this.#pending.get(job);
    this.#pending.delete(job);
    if (this.#pending.size === 0) this.#worker?.unref();
    return pending;
  }

  /** Ends the thread; what waits for it is told why. The first reason stays. */
  #fail(error: NearkinError): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    this.#pending.clear();
    void this.#worker?.terminate();
  }
}

function revive({
  code,
  message,
  details,
}: {
  code: NearkinError['code'];
  message: string;
  details: NearkinError['details'];
}): NearkinError {
  return new NearkinError(code, message, { details });
}
