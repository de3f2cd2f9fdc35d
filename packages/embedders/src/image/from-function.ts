import {
  createVectors,
  type Embedder,
  type EmbedOptions,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import { disposedError } from './disposed-error.js';

/**
 * Makes an embedder of a function: an ONNX session, a service, features of your own.
 *
 * @param embed gets a batch, returns its vectors: one array `[batch.length * dim]`, one array a row, or `Vectors`
 * @param options.id identity of weights and preprocessing: change it whenever the answers change
 * @throws {NearkinError} `INVALID_ARGUMENT`; from `embed`: `DIMENSION_MISMATCH` when the answer has another shape
 * @example
 * const embedder = fromFunction(async (texts: readonly string[]) => texts.map((t) => [t.length, 1]), { id: 'length', dim: 2 });
 * (await embedder.embed(['kin'])).data; // Float32Array [3, 1]
 */
export function fromFunction<Input>(
  embed: (batch: readonly Input[], options: EmbedOptions) => Promise<FunctionAnswer> | FunctionAnswer,
  options: { readonly id: string; readonly dim: number; readonly dispose?: (() => void) | undefined },
): Embedder<Input> {
  const { id, dim } = options;
  if (typeof id !== 'string' || id === '')
    throw new NearkinError('INVALID_ARGUMENT', 'Expected an id for the embedder.');
  if (!Number.isSafeInteger(dim) || dim < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a dimension of at least 1, got ${dim}.`, { details: { dim } });
  let disposed = false;
  return Object.freeze({
    id,
    dim,
    async embed(batch: readonly Input[], { signal }: EmbedOptions = {}): Promise<Vectors> {
      if (disposed) throw disposedError();
      throwIfAborted(signal);
      if (batch.length === 0) return createVectors(new Float32Array(0), dim);
      const answer = await embed(batch, { signal });
      throwIfAborted(signal);
      return toVectors(answer, batch.length, dim);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      options.dispose?.();
    },
  });
}

/** What the function of {@link fromFunction} may return. */
export type FunctionAnswer = Float32Array | Vectors | readonly ArrayLike<number>[];

function toVectors(answer: FunctionAnswer, count: number, dim: number): Vectors {
  const mismatch = (received: string) =>
    new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected the function to give ${count} x ${dim} numbers, got ${received}.`,
      {
        details: { expected: [count, dim] },
      },
    );
  if (answer instanceof Float32Array) {
    if (answer.length !== count * dim) throw mismatch(`${answer.length} numbers`);
    return createVectors(answer, dim);
  }
  if ('data' in answer) {
    if (answer.dim !== dim || answer.count !== count) throw mismatch(`${answer.count} x ${answer.dim}`);
    return answer;
  }
  const data = new Float32Array(count * dim);
  if (answer.length !== count) throw mismatch(`${answer.length} rows`);
  answer.forEach((row, i) => {
    if (row.length !== dim) throw mismatch(`a row of ${row.length}`);
    data.set(row, i * dim);
  });
  return createVectors(data, dim);
}
