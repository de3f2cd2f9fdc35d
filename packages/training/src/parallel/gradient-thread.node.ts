import { Worker } from 'node:worker_threads';
import { NearkinError } from '@nearkin/core';
import { workerEntry } from '#gradient-worker-entry';
import { gate, type PlainError, type ShardJob, type WorkerAnswer, type WorkerSetup } from './gradient-messages.js';

type Answers = 'ready' | 'embedded' | 'done';
type WeightFacts = Extract<WorkerAnswer, { kind: 'ready' }>['weights'];

interface Wait {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: NearkinError) => void;
}

/** A worker thread with a copy of the model. It keeps the process alive only while it has work. */
export class GradientThread {
  readonly #worker: Worker;
  #waits: Partial<Record<Answers, Wait>> = {};
  #gate: Int32Array | undefined;
  #failure: NearkinError | undefined;
  #weights: WeightFacts = [];

  /** @throws {NearkinError} what kept the thread from building its model; `WORKER_FAILED` when it died */
  static async start(setup: WorkerSetup): Promise<GradientThread> {
    const thread = new GradientThread(await workerEntry(), setup);
    await thread.#waits.ready!.promise;
    thread.#worker.unref();
    return thread;
  }

  private constructor(entry: URL, setup: WorkerSetup) {
    // A thread inherits --input-type of a program given by --eval, and refuses to start from a file then.
    const inherited = process.execArgv.some((argument) => argument.startsWith('--input-type'));
    this.#worker = new Worker(entry, { workerData: setup, ...(inherited ? { execArgv: [] } : {}) });
    this.#waits.ready = newWait();
    this.#worker.on('message', (answer: WorkerAnswer) => {
      if (answer.kind === 'failed') {
        const starting = this.#waits.ready !== undefined;
        this.#settle(revive(answer.error));
        if (starting) this.fail(revive(answer.error));
        return;
      }
      if (answer.kind === 'ready') this.#weights = answer.weights;
      this.#waits[answer.kind]?.resolve();
      delete this.#waits[answer.kind];
      if (answer.kind === 'done') this.#worker.unref();
    });
    const died = (reason: string, cause?: unknown) =>
      this.fail(
        new NearkinError(
          'WORKER_FAILED',
          `A worker of the training died (${reason}); resume from the last checkpoint.`,
          {
            cause,
          },
        ),
      );
    this.#worker.on('error', (cause) => died(cause instanceof Error ? cause.message : String(cause), cause));
    this.#worker.on('exit', (code) => died(`exit code ${code}`));
  }

  /** Names and shapes of the weights of its copy of the model, in order. */
  get weights(): WeightFacts {
    return this.#weights;
  }

  /** Why it does no more work, if so. */
  get failure(): NearkinError | undefined {
    return this.#failure;
  }

  /** Starts the work on some rows: `embedded` when their embeddings are there, `done` when their gradients are. */
  begin(job: ShardJob): { readonly embedded: Promise<void>; readonly done: Promise<void> } {
    const embedded = newWait();
    const done = newWait();
    this.#waits = { embedded, done };
    this.#gate = job.gate;
    Atomics.store(job.gate, 0, gate.closed);
    if (this.#failure) this.#settle(this.#failure);
    else {
      this.#worker.ref();
      this.#worker.postMessage(job);
    }
    return { embedded: embedded.promise, done: done.promise };
  }

  /** Lets the thread go on from its embeddings to its gradients, or give the batch up. */
  release(state: 'open' | 'abandoned'): void {
    if (!this.#gate) return;
    Atomics.store(this.#gate, 0, gate[state]);
    Atomics.notify(this.#gate, 0);
  }

  /** Ends the thread; what waits for it is told why. The first reason stays. */
  fail(error: NearkinError): void {
    this.#failure ??= error;
    this.#settle(this.#failure);
    void this.#worker.terminate();
  }

  #settle(error: NearkinError): void {
    for (const wait of Object.values(this.#waits)) wait.reject(error);
    this.#waits = {};
    this.#worker.unref();
  }
}

function newWait(): Wait {
  let resolve!: Wait['resolve'];
  let reject!: Wait['reject'];
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function revive({ code, message, details }: PlainError): NearkinError {
  return new NearkinError(code, message, { details });
}
