/** A piece of memory that threads share, which grows with the largest batch. */
export class SharedArray<T extends Float32Array | Int32Array> {
  #array: T;
  readonly #type: new (
    buffer: SharedArrayBuffer,
  ) => T;

  constructor(type: new (buffer: SharedArrayBuffer) => T, length = 0) {
    this.#type = type;
    this.#array = allocate(type, length);
  }

  /** The first numbers of it, as many as asked for. */
  first(length: number): T {
    if (this.#array.length < length) this.#array = allocate(this.#type, length);
    return this.#array.subarray(0, length) as T;
  }
}

function allocate<T extends Float32Array | Int32Array>(type: new (buffer: SharedArrayBuffer) => T, length: number): T {
  return new type(new SharedArrayBuffer(length * 4));
}

/** Rows of a batch for each of some threads, as even as can be; none is empty. */
export function splitRows(rows: number, threads: number): { readonly from: number; readonly to: number }[] {
  const parts = Math.min(rows, threads);
  return Array.from({ length: parts }, (_, i) => ({
    from: Math.ceil((i * rows) / parts),
    to: Math.ceil(((i + 1) * rows) / parts),
  }));
}
