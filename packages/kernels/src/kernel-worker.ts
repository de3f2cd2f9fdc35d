import { NearkinError } from '@nearkin/core';
import type { KernelCall } from './worker-pool.js';

/** One worker with an instance of the kernels. */
export interface KernelWorker {
  write(offset: number, bytes: Uint8Array): Promise<void>;
  call(call: KernelCall, bringBack: boolean): Promise<{ value: number; bytes?: Uint8Array }>;
  close(): void;
}

/** The worker's program: as text, so that no bundler has to find a file. It knows nothing but the kernels. */
const program = `
const port = typeof require === 'function' ? require('node:worker_threads').parentPort : undefined;
const post = (message) => (port ?? self).postMessage(message);
let memory, kernels;
const work = ({ id, module, memory: shared, offset, bytes, name, args, back }) => {
  try {
    if (module) {
      memory = shared ?? new WebAssembly.Memory({ initial: 1, maximum: 65536 });
      kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
      post({ id });
    } else if (bytes) {
      const missing = Math.ceil((offset + bytes.length + 65536 - memory.buffer.byteLength) / 65536);
      if (missing > 0) memory.grow(missing);
      new Uint8Array(memory.buffer).set(bytes, offset);
      post({ id });
    } else {
      const value = kernels[name](...args) ?? 0;
      post({ id, value, bytes: back && new Uint8Array(memory.buffer, back.offset, back.bytes).slice() });
    }
  } catch (error) {
    post({ id, error: String(error) });
  }
};
if (port) port.on('message', work);
else self.onmessage = (event) => work(event.data);
`;

interface Reply {
  readonly id: number;
  readonly value?: number;
  readonly bytes?: Uint8Array;
  readonly error?: string;
}

/** @returns undefined where the host forbids workers */
export async function startKernelWorker(start: {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory | undefined;
}): Promise<KernelWorker | undefined> {
  const waiting = new Map<number, { resolve(reply: Reply): void; reject(error: unknown): void }>();
  let nextId = 0;
  const fail = (cause: unknown) => {
    for (const { reject } of waiting.values()) reject(workerError(cause));
    waiting.clear();
  };
  const channel = openChannel((reply) => {
    const pending = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (waiting.size === 0) channel?.rest();
    if (reply.error === undefined) pending?.resolve(reply);
    else pending?.reject(workerError(reply.error));
  }, fail);
  if (!channel) return undefined;
  const ask = (message: Record<string, unknown>): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      channel.wake();
      try {
        channel.post({ ...message, id });
      } catch (cause) {
        waiting.delete(id);
        reject(workerError(cause));
      }
    });
  try {
    await ask(start);
  } catch {
    channel.close();
    return undefined;
  }
  return {
    async write(offset, bytes) {
      await ask({ offset, bytes: bytes.slice() });
    },
    async call({ name, args, result }, bringBack) {
      const reply = await ask({ name, args, back: bringBack ? result : undefined });
      return { value: reply.value ?? 0, ...(reply.bytes ? { bytes: reply.bytes } : {}) };
    },
    close() {
      channel.close();
      fail('the pool was closed');
    },
  };
}

interface Channel {
  post(message: unknown): void;
  close(): void;
  /** An idle worker does not keep a Node process alive. */
  rest(): void;
  wake(): void;
}

function openChannel(onReply: (reply: Reply) => void, onFailure: (error: unknown) => void): Channel | undefined {
  const threads = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.('node:worker_threads');
  try {
    if (threads) {
      const worker = new threads.Worker(program, { eval: true });
      worker.on('message', onReply);
      worker.on('error', onFailure);
      return {
        post: (message) => worker.postMessage(message),
        close: () => void worker.terminate(),
        rest: () => worker.unref(),
        wake: () => worker.ref(),
      };
    }
    const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.onmessage = (event) => onReply(event.data);
    worker.onerror = (event) => onFailure(event.message);
    return {
      post: (message) => worker.postMessage(message),
      close: () => {
        worker.terminate();
        URL.revokeObjectURL(url);
      },
      rest() {},
      wake() {},
    };
  } catch {
    return undefined;
  }
}

function workerError(cause: unknown): NearkinError {
  return new NearkinError('BACKEND_UNAVAILABLE', `A worker failed: ${String(cause)}. Try again with workers: 1.`, {
    cause,
  });
}
