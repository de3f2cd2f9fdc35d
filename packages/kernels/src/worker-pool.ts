import type { KernelFunctions } from './kernel-functions.js';
import { type KernelWorker, startKernelWorker } from './kernel-worker.js';
import type { Kernels } from './load-kernels.js';
import { wasmModule } from './wasm-module.js';

/** One kernel call, and the memory that it writes. */
export interface KernelCall {
  readonly name: keyof KernelFunctions;
  readonly args: readonly number[];
  /** What the call changes; brought back where the worker has a memory of its own. */
  readonly result: { readonly offset: number; readonly bytes: number };
}

/** Threads that compute on one memory, or each on a copy of it. The calling thread works too. */
export interface WorkerPool {
  /** Calls that run at a time; 1 when the host has no workers. */
  readonly size: number;
  /** Brings a part of the caller's memory to workers that have a copy; nothing to do on a shared one. */
  send(offset: number, bytes: number): Promise<void>;
  /**
   * Runs the calls, in no order; returns their values in order.
   *
   * @param onDone is told, on the calling thread, of each call whose result lies in the caller's memory: what it does with
   *   it, it does while the workers go on
   */
  run(calls: readonly KernelCall[], onDone?: (call: number) => void): Promise<number[]>;
  close(): void;
}

/**
 * Opens a pool for these kernels: one thread is the caller's, the others are workers (worker_threads in Node, Worker in
 * a browser). With shared kernels they use the same memory, otherwise copies. The JavaScript engine, and hosts that
 * forbid workers, get a pool of one.
 *
 * @param size threads, or `auto` for one a core
 */
export async function openWorkerPool(kernels: Kernels, size: number | 'auto'): Promise<WorkerPool> {
  const wanted = Math.max(1, Math.min(64, size === 'auto' ? cores() : Math.floor(size)));
  const workers = await startWorkers(kernels, wanted - 1);
  const copies = kernels.share === undefined;
  const here = (call: KernelCall) => callHere(kernels, call);
  return {
    size: workers.length + 1,
    async send(offset, bytes) {
      if (copies) await Promise.all(workers.map((worker) => worker.write(offset, kernels.memory.u8(offset, bytes))));
    },
    async run(calls, onDone) {
      const values = new Array<number>(calls.length).fill(0);
      let next = 0;
      const drain = async (worker: KernelWorker) => {
        while (next < calls.length) {
          const i = next++;
          const { value, bytes } = await worker.call(calls[i]!, copies);
          if (bytes) kernels.memory.u8(calls[i]!.result.offset, bytes.length).set(bytes);
          values[i] = value;
          onDone?.(i);
        }
      };
      // Two at a time each: a worker that is done has its next call, however long this thread is busy.
      const there = workers.flatMap((worker) => [drain(worker), drain(worker)]);
      while (next < calls.length) {
        const i = next++;
        values[i] = here(calls[i]!);
        onDone?.(i);
        // A microtask would not do: the answer of a worker is a task, and nobody would give it the next call.
        if (workers.length > 0 && next < calls.length) await nextTask();
      }
      await Promise.all(there);
      return values;
    },
    close() {
      for (const worker of workers) worker.close();
    },
  };
}

/** Cores of this machine that this process may use. */
export function cores(): number {
  const process = (globalThis as { process?: NodeJS.Process }).process;
  const os = process?.getBuiltinModule?.('node:os');
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Lets waiting messages in; a timer would cost a millisecond or more. */
function nextTask(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  if (setImmediate) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function callHere(kernels: Kernels, call: KernelCall): number {
  const kernel = kernels[call.name] as (...args: readonly number[]) => number | undefined;
  return kernel(...call.args) ?? 0;
}

async function startWorkers(kernels: Kernels, count: number): Promise<KernelWorker[]> {
  if (count === 0 || kernels.engine === 'js') return [];
  const module = kernels.share?.module ?? (await wasmModule(kernels.engine === 'wasm' ? 'baseline' : 'relaxed', false));
  if (!module) return [];
  const started = Array.from({ length: count }, () => startKernelWorker({ module, memory: kernels.share?.memory }));
  const workers = await Promise.all(started);
  return workers.filter((worker) => worker !== undefined);
}
