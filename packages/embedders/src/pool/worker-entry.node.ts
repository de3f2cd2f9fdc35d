/** Where the worker's program lies in the built package. */
export async function workerEntry(): Promise<URL> {
  return new URL('./embedder-worker.node.js', import.meta.url);
}
