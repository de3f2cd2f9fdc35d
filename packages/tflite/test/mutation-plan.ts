/** Reading 20,000 files takes minutes; nothing hangs in less. */
export const mutationTimeout = 3_600_000;

/**
 * How many damaged files a test reads, and which: `NEARKIN_MUTATIONS=20000` for the long run, `NEARKIN_SEED` for other
 * damage. A page has no environment and takes what is the default.
 */
export function mutationPlan(byDefault: number): { mutations: number; seed: number } {
  const environment = typeof process === 'undefined' ? {} : process.env;
  return {
    mutations: Number(environment['NEARKIN_MUTATIONS'] ?? byDefault),
    seed: Number(environment['NEARKIN_SEED'] ?? 1),
  };
}
