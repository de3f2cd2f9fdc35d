import { NearkinError } from '@nearkin/core';
import { rebuildConvEmbedder } from '../models/conv-embedder.js';
import { createHead } from '../models/head.js';
import { createProjectionHead } from '../models/projection-head.js';
import type { TrainableModel } from '../models/trainable-model.js';

type Architecture = TrainableModel['architecture'];

const builders: Readonly<Record<string, (architecture: Architecture) => TrainableModel>> = {
  conv: rebuildConvEmbedder,
  // Architectures hold the options, but for the centre of a head.
  head: ({ center, ...options }) => createHead(options as never),
  projection: (options) => createProjectionHead(options as never),
};

/**
 * Builds the model of an architecture, in a worker.
 *
 * @param options.module URL of a module whose default export builds it, for models that are not nearkin's
 */
export async function rebuildModel(
  architecture: Architecture,
  { module }: { readonly module: string | undefined },
): Promise<TrainableModel> {
  if (module !== undefined) {
    const { default: build } = (await import(module)) as { default?: unknown };
    if (typeof build !== 'function')
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected ${module} to export a function by default, got ${typeof build}.`,
      );
    return build(architecture) as TrainableModel;
  }
  return builders[kindOf(architecture)]!(architecture);
}

/** @throws {NearkinError} `UNSUPPORTED` for a model that its architecture does not tell all of */
export function assertRebuildable(architecture: Architecture): void {
  const kind = kindOf(architecture);
  if (!Object.hasOwn(builders, kind))
    throw new NearkinError(
      'UNSUPPORTED',
      `Workers know the architectures ${Object.keys(builders).join(', ')}, got ${kind}; name a module that builds it (rebuild).`,
      { details: { kind } },
    );
  if (kind === 'head' && architecture['center'] !== null)
    throw new NearkinError(
      'UNSUPPORTED',
      'Workers cannot build a head that subtracts a centre, and gain nothing: heads are trained in one thread.',
    );
}

function kindOf(architecture: Architecture): string {
  return String(architecture['kind']);
}
