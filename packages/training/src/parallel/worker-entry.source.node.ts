import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

let built: Promise<URL> | undefined;

/** The worker's program when the package runs from its sources: Node cannot start a thread on TypeScript, so it is bundled. */
export function workerEntry(): Promise<URL> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<URL> {
  // Inside the package, so that the bundle finds the same tfjs. All processes write the same file, each in one piece.
  const folder = fileURLToPath(new URL('../../node_modules/.gradient-worker', import.meta.url));
  const outfile = `${folder}/worker.mjs`;
  const draft = `${folder}/${randomUUID()}.mjs`;
  mkdirSync(folder, { recursive: true });
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
    outfile: draft,
    logLevel: 'silent',
  });
  renameSync(draft, outfile);
  return pathToFileURL(outfile);
}
