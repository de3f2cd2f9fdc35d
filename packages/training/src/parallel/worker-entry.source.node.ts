import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

let built: Promise<URL> | undefined;

/** The worker's program when the package runs from its sources: Node cannot start a thread on TypeScript, so it is bundled. */
export function workerEntry(): Promise<URL> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<URL> {
  // Inside the package, so that the bundle finds the same tfjs.
  const folder = mkdtempSync(fileURLToPath(new URL('../../node_modules/.gradient-worker-', import.meta.url)));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = `${folder}/worker.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('./gradient-worker.node.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['nearkin-source'],
    external: ['@tensorflow/*', 'sharp', 'esbuild'],
    // Some decoders of embedders are CommonJS.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; globalThis.require ??= requireFrom(import.meta.url);",
    },
    outfile,
    logLevel: 'silent',
  });
  return new URL(`file://${outfile}`);
}
