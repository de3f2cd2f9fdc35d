import { NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import { createPreprocessing, type Preprocessing } from '../pictures/preprocessing.js';
import { isRecord } from './model-artifacts.js';
import { badModel } from './weight-specs.js';

/** What a saved embedder says of itself, in `userDefinedMetadata.nearkin.embedder` of its model.json. */
export interface EmbedderMetadata {
  readonly version: 1;
  readonly id: string;
  readonly dim: number;
  /** The layer or node whose output is the embedding. */
  readonly layer: string;
  readonly preprocessing: Preprocessing;
}

/**
 * @returns undefined when the model was not saved as an embedder
 * @throws {NearkinError} `BAD_MODEL`, `UNSUPPORTED_VERSION`
 */
export function readEmbedderMetadata(artifacts: io.ModelArtifacts, where: string): EmbedderMetadata | undefined {
  const user: unknown = artifacts.userDefinedMetadata;
  const nearkin = isRecord(user) ? user['nearkin'] : undefined;
  const saved = isRecord(nearkin) ? nearkin['embedder'] : undefined;
  if (!isRecord(saved)) return undefined;
  const { version, id, dim, layer, preprocessing } = saved;
  if (typeof version === 'number' && version > 1)
    throw new NearkinError(
      'UNSUPPORTED_VERSION',
      `${where} was saved by a newer version (embedder format ${version}, this one reads 1); update nearkin.`,
      { details: { version } },
    );
  if (typeof id !== 'string' || typeof layer !== 'string' || !isRecord(preprocessing))
    throw badModel(where, 'its nearkin.embedder metadata lacks id, layer or preprocessing');
  try {
    return {
      version: 1,
      id,
      dim: Number(dim),
      layer,
      preprocessing: createPreprocessing(preprocessing as unknown as Preprocessing),
    };
  } catch (cause) {
    throw badModel(where, `its preprocessing is not valid: ${(cause as Error).message}`, cause);
  }
}
