import { type JobOptions, NearkinError, type NearkinErrorCode } from '@nearkin/core';

/** What a worker offers: one input, one answer, progress and cancellation as in every long job. */
type Api = { readonly [name: string]: (input: never, job: JobOptions) => unknown };

type Input<F> = F extends (input: infer I, ...rest: never[]) => unknown ? I : never;
type Answer<F> = F extends (...args: never[]) => infer A ? Awaited<A> : never;

export interface CallOptions extends JobOptions {
  readonly transfer?: Transferable[] | undefined;
}

/** The page's end: `call('embed', input)` asks the worker. */
export interface Remote<A extends Api> {
  call<N extends keyof A & string>(name: N, input: Input<A[N]>, options?: CallOptions): Promise<Answer<A[N]>>;
  close(): void;
}

type Request = { id: number; name: string; input: unknown } | { id: number; abort: true };
type Reply =
  | { id: number; progress: { done: number; total: number | null } }
  | { id: number; answer: unknown }
  | { id: number; error: { message: string; code?: string | undefined } };

/** An answer whose buffers go over to the page instead of being copied. */
const transfers = new WeakMap<object, Transferable[]>();

export function handOver<T extends object>(answer: T, buffers: Transferable[]): T {
  transfers.set(answer, buffers);
  return answer;
}

/** The worker's end. Calls run as they come; a handler that needs an order keeps it itself. */
export function serve(api: Api): void {
  const scope = self as unknown as DedicatedWorkerGlobalScope;
  const running = new Map<number, AbortController>();
  scope.onmessage = async ({ data }: MessageEvent<Request>) => {
    if ('abort' in data) {
      running.get(data.id)?.abort();
      return;
    }
    const { id, name, input } = data;
    const controller = new AbortController();
    running.set(id, controller);
    const send = (reply: Reply, buffers: Transferable[] = []) => scope.postMessage(reply, buffers);
    try {
      const handler = api[name] as unknown as (input: unknown, job: JobOptions) => unknown;
      const answer = await handler(input, {
        signal: controller.signal,
        onProgress: ({ done, total }) => send({ id, progress: { done, total } }),
      });
      const buffers = typeof answer === 'object' && answer !== null ? transfers.get(answer) : undefined;
      send({ id, answer }, buffers);
    } catch (error) {
      const code = error instanceof NearkinError ? error.code : undefined;
      send({ id, error: { message: error instanceof Error ? error.message : String(error), code } });
    } finally {
      running.delete(id);
    }
  };
}

export function connect<A extends Api>(worker: Worker): Remote<A> {
  type Waiting = { resolve(answer: never): void; reject(error: Error): void; options: CallOptions };
  const waiting = new Map<number, Waiting>();
  let next = 0;
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const call = waiting.get(data.id);
    if (!call) return;
    if ('progress' in data) {
      call.options.onProgress?.(data.progress);
      return;
    }
    waiting.delete(data.id);
    if ('answer' in data) call.resolve(data.answer as never);
    else call.reject(new NearkinError((data.error.code ?? 'WORKER_FAILED') as NearkinErrorCode, data.error.message));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    const error = new NearkinError(
      'WORKER_FAILED',
      `The engine stopped: ${event.message || 'it could not be loaded'}.`,
    );
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  return {
    call(name, input, options = {}) {
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, options });
        options.signal?.addEventListener('abort', () => worker.postMessage({ id, abort: true }), { once: true });
        worker.postMessage({ id, name, input }, options.transfer ?? []);
      });
    },
    close: () => worker.terminate(),
  };
}
