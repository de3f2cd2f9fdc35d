/** Seconds of the clock and of the processor (of all threads) that a call took. */
export async function timed<T>(call: () => Promise<T>): Promise<{ wall: number; cpu: number; result: T }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await call();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, result };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
