import { crc32c, NearkinError } from '@nearkin/core';
import type { ClassifierSettings, ModelMetadata } from '../classifier/classifier-options.js';
import { checkAggregation } from '../matching/aggregation.js';

export const formatVersion = 1;

/** What a saved or exported classifier says of itself, in `userDefinedMetadata.nearkin.classifier` of its model.json. */
export interface ClassifierMetadata {
  readonly version: number;
  /** The rows' file in the same folder; exported graphs have none. */
  readonly gallery?: string | undefined;
  /** In the order of the scores. */
  readonly labels: readonly string[];
  /** Of the embedder. */
  readonly modelId: string;
  readonly dim: number;
  readonly settings: ClassifierSettings;
}

/** As JSON can hold it: thresholds by label become a list of pairs, so that any label survives. */
export function toJson(metadata: ClassifierMetadata): Record<string, unknown> {
  const { unknownBelow } = metadata.settings;
  return withChecksum({
    ...metadata,
    settings: {
      ...metadata.settings,
      unknownBelow: unknownBelow instanceof Map ? [...unknownBelow] : unknownBelow,
    },
  });
}

/** Adds the CRC-32C of the record's JSON, so that a damaged threshold or name does not pass for another one. */
export function withChecksum(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { checksum: _, ...rest } = record;
  return { ...rest, checksum: crc32c(new TextEncoder().encode(JSON.stringify(rest))) };
}

/**
 * Reads and checks what {@link toJson} wrote.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED_VERSION`
 */
export function fromJson(value: unknown, where: string): ClassifierMetadata {
  if (!isRecord(value))
    throw bad(
      where,
      'its model.json has no nearkin.classifier metadata; a plain tfjs model is opened by loadImageEmbedder',
    );
  const { version, gallery, labels, modelId, dim, settings } = value;
  if (typeof version !== 'number' || version > formatVersion || version < 1)
    throw new NearkinError(
      typeof version === 'number' && version > formatVersion ? 'UNSUPPORTED_VERSION' : 'BAD_FORMAT',
      `${where}: expected classifier format ${formatVersion}, got ${JSON.stringify(version)}; a newer nearkin may read it.`,
      { details: { expected: formatVersion, received: version } },
    );
  if (withChecksum(value)['checksum'] !== value['checksum'])
    throw bad(where, 'the record of the classifier in its model.json does not match its checksum');
  if (gallery !== undefined && typeof gallery !== 'string') throw bad(where, 'its gallery is not a file name');
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string'))
    throw bad(where, 'its labels are not a list of strings');
  if (typeof modelId !== 'string' || !Number.isSafeInteger(dim) || (dim as number) < 1)
    throw bad(where, 'it does not name its embedder');
  const read = readSettings(settings, where);
  const known = new Set<unknown>(labels);
  if (read.unknownBelow instanceof Map)
    for (const label of read.unknownBelow.keys())
      if (!known.has(label)) throw bad(where, `it has a threshold for ${JSON.stringify(label)}, which is no label`);
  return { version, gallery, labels, modelId, dim: dim as number, settings: read };
}

function readSettings(value: unknown, where: string): ClassifierSettings {
  if (!isRecord(value)) throw bad(where, 'it has no settings');
  const { quantize, metadata } = value;
  if (quantize !== 'none' && quantize !== 'int8') throw bad(where, `it is quantised as ${JSON.stringify(quantize)}`);
  try {
    const aggregation = checkAggregation(value);
    return {
      ...aggregation,
      quantize,
      unknownBelow: readThresholds(value['unknownBelow'], where),
      metadata: texts(metadata),
    };
  } catch (cause) {
    if (cause instanceof NearkinError && cause.code === 'BAD_FORMAT') throw cause;
    throw bad(where, `its settings are not valid: ${(cause as Error).message}`, cause);
  }
}

function readThresholds(value: unknown, where: string): ClassifierSettings['unknownBelow'] {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  const isPair = (pair: unknown): pair is [string, number] =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' && typeof pair[1] === 'number';
  if (!Array.isArray(value) || !value.every(isPair)) throw bad(where, 'its unknownBelow is neither a number nor pairs');
  return new Map(value);
}

function texts(value: unknown): ModelMetadata {
  if (!isRecord(value)) return {};
  const known = ['name', 'description', 'author', 'version', 'license'] as const;
  return Object.fromEntries(known.flatMap((key) => (typeof value[key] === 'string' ? [[key, value[key]]] : [])));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function bad(where: string, reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `${where} is not a saved classifier: ${reason}.`, {
    cause,
    details: { where },
  });
}
