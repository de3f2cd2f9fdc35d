/**
 * Runs a job and tells the largest typed array or buffer that it made, in bytes.
 *
 * Watches the constructors that modules look up when they run; buffers of the host's own are not seen.
 */
export async function watchAllocations<T>(job: () => Promise<T>): Promise<{ result: T; largest: number }> {
  let largest = 0;
  const names = [
    'Uint8Array',
    'Uint16Array',
    'Uint32Array',
    'Int8Array',
    'Int16Array',
    'Float32Array',
    'Float64Array',
    'BigUint64Array',
    'ArrayBuffer',
    'Array',
  ] as const;
  const scope = globalThis as unknown as Record<string, new (...args: unknown[]) => unknown>;
  const originals = names.map((name) => scope[name]!);
  names.forEach((name, i) => {
    const original = originals[i]!;
    const itemBytes = 'BYTES_PER_ELEMENT' in original ? Number(original.BYTES_PER_ELEMENT) : name === 'Array' ? 8 : 1;
    const watched: typeof original = new Proxy(original, {
      construct(target, args, newTarget) {
        if (typeof args[0] === 'number') largest = Math.max(largest, args[0] * itemBytes);
        return Reflect.construct(target, args, newTarget === watched ? target : newTarget);
      },
    });
    scope[name] = watched;
  });
  try {
    return { result: await job(), largest };
  } finally {
    names.forEach((name, i) => {
      scope[name] = originals[i]!;
    });
  }
}
