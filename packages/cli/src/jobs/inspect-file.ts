import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NearkinError } from '@nearkin/core';
import { defaultEncoderName } from '../encoders/default-name.js';
import { inspectIndex } from '../inspection/inspect-index.js';
import { inspectModel } from '../inspection/inspect-model.js';
import { inspectSearchBundle } from '../inspection/inspect-search-bundle.js';
import { inspectSearcher } from '../inspection/inspect-searcher.js';
import { inspectTensors } from '../inspection/inspect-tensors.js';
import { inspectTflite } from '../inspection/inspect-tflite.js';
import type { Inspection } from '../inspection/inspection.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { facts } from '../terminal/text-layout.js';

/** `nearkin inspect`: what a file or folder is, or the encoder that comes with the program. */
export async function inspectFile(named: string, terminal: Terminal): Promise<void> {
  const path = named === defaultEncoderName ? starterFolder() : named;
  const info = await stat(path).catch((cause: unknown) => {
    throw new NearkinError('NOT_FOUND', `Nothing is at ${path}; check the path.`, { cause, details: { path } });
  });
  const { json, facts: rows } = await inspect(path, { isFolder: info.isDirectory(), terminal });
  terminal.result({ path, ...json }, [
    `${terminal.colors.bold(printable(named))}: ${json.kind}`,
    ...facts(
      rows.map(([name, value]) => [name, printable(value)]),
      terminal.colors.dim,
    ),
  ]);
}

async function inspect(path: string, options: { isFolder: boolean; terminal: Terminal }): Promise<Inspection> {
  if (path.endsWith('search.json') || (options.isFolder && (await isSearchBundle(path))))
    return inspectSearchBundle(path, options.terminal);
  if (options.isFolder || path.endsWith('.json')) return inspectModel(path, options.terminal);
  if (path.endsWith('.safetensors')) return inspectTensors(new Uint8Array(await readFile(path)));
  if (path.endsWith('.nearkin')) return inspectIndex(path, options.terminal);
  if (path.endsWith('.ldb')) return inspectSearcher(path);
  if (path.endsWith('.tflite')) return inspectTflite(path);
  throw new NearkinError(
    'BAD_FORMAT',
    `Expected the folder of a search bundle, a classifier or a model, a model.json, a .safetensors, .nearkin, .ldb or .tflite file, got ${path}.`,
    { details: { path } },
  );
}

async function isSearchBundle(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'search.json')).catch(() => undefined))?.isFile() === true;
}

/** Where the starter lies; a folder of that name is written `./starter`. */
function starterFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@nearkin/starter/package.json')), 'weights');
}
