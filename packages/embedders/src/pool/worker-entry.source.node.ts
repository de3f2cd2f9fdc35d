import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

let built: Promise<URL> | undefined;

/** The worker's program when the package runs from its sources: Node cannot start a thread on TypeScript, so it is bundled. */
export function workerEntry(): Promise<URL> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<URL> {
  // Inside the package, so that the bundle finds the same tfjs and sharp.
  const folder = mkdtempSync(fileURLToPath(new URL('../../node_modules/.embedder-worker-', import.meta.url)));
  process.once('exit', () => void rm(folder, { recursive: true, force: true }));
  const outfile = `${folder}/worker.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('./embedder-worker.node.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['nearkin-source'],
    external: ['@tensorflow/*', '@huggingface/*', 'sharp', 'jpeg-js', 'pngjs', '@noble/*', 'crc-32'],
    outfile,
    logLevel: 'silent',
  });
  return new URL(`file://${outfile}`);
}
