import { openSource } from '../src/file/open-source.js';
import { openStoredIndex } from '../src/file/snapshot-file.js';

/** Reads an index file in a worker of either host, and sends back what it found. */
async function read(source: string | Uint8Array): Promise<unknown> {
  const stored = await openStoredIndex(await openSource(source));
  const { header, ids, sections } = await stored.readSnapshot();
  const sums = [...sections].map(([name, bytes]) => [name, bytes.reduce((sum, byte) => (sum + byte) % 65_521, 0)]);
  return { header, ids, sums };
}

declare const WorkerGlobalScope: unknown;
if (typeof WorkerGlobalScope === 'undefined') {
  const { parentPort } = await import('node:worker_threads');
  parentPort!.on('message', async (source) => parentPort!.postMessage(await read(source)));
} else addEventListener('message', async ({ data }: MessageEvent) => postMessage(await read(data)));

export { read };
