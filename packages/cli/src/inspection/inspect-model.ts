import { NearkinError, openBundle } from '@nearkin/core';
import { readModelArtifacts } from '@nearkin/embedders';
import { loadClassifier } from '@nearkin/retrieval';
import { byteSize } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { inspectEncoder } from './inspect-encoder.js';
import { labelList } from './inspect-tensors.js';
import type { Inspection } from './inspection.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Describes a model.json and its weights: a classifier, a saved encoder or embedder, or any tfjs model. Weights are read and
 * checked, so that a damaged model is told apart from a whole one.
 *
 * @throws {NearkinError} `NOT_FOUND`, `BAD_FORMAT`, `BAD_MODEL`, …
 */
export async function inspectModel(path: string, { signal }: Terminal): Promise<Inspection> {
  const { bundle, file = 'model.json' } = await openBundle(path);
  const json = parse(await bundle.read(file, { signal }), path);
  const nearkin = record(record(json['userDefinedMetadata'])['nearkin']);
  if (nearkin['classifier'] !== undefined && record(nearkin['classifier'])['gallery'] !== undefined)
    return inspectClassifier(path, record(nearkin['classifier']), signal);
  if (nearkin['encoder'] !== undefined) return inspectEncoder(bundle, { file, saved: nearkin, signal });
  if (json['modelTopology'] === undefined)
    throw new NearkinError('BAD_FORMAT', `Expected a tfjs model, but ${path} has no modelTopology.`, {
      details: { path },
    });
  const {
    weightSpecs = [],
    weightData,
    format,
    generatedBy,
    convertedBy,
  } = await readModelArtifacts(bundle, file, { signal });
  const bytes = [weightData].flat().reduce((sum, part) => sum + (part?.byteLength ?? 0), 0);
  const saved = nearkin['embedder'] === undefined ? undefined : record(nearkin['embedder']);
  const exported = nearkin['classifier'] === undefined ? undefined : record(nearkin['classifier']);
  const labels = exported?.['labels'];
  const kind = format === 'graph-model' || 'node' in record(json['modelTopology']) ? 'graph-model' : 'layers-model';
  return {
    json: {
      kind,
      weights: weightSpecs.length,
      bytes,
      generatedBy: generatedBy ?? null,
      convertedBy: convertedBy ?? null,
      ...(saved ? { embedder: saved } : {}),
      ...(exported ? { classifier: exported } : {}),
    },
    facts: [
      ['weights', `${weightSpecs.length} tensors, ${byteSize(bytes)}`],
      ...(generatedBy ? [['made by', generatedBy] as const] : []),
      ...(saved
        ? [['embedder', `${saved['id']}, ${saved['dim']} numbers a picture, from ${saved['layer']}`] as const]
        : []),
      ...(Array.isArray(labels) ? [['classes', labelList(labels.map(String))] as const] : []),
    ],
  };
}

async function inspectClassifier(path: string, saved: Json, signal: AbortSignal): Promise<Inspection> {
  using classifier = await loadClassifier(path, { signal }).catch((error: unknown) => {
    // What the embedder is made of does not matter here.
    if (error instanceof NearkinError && error.code === 'EMBEDDER_NEEDED') return null;
    throw error;
  });
  const labels = classifier?.labels ?? (saved['labels'] as string[]);
  const settings = classifier?.settings ?? (saved['settings'] as NonNullable<typeof classifier>['settings']);
  const { unknownBelow, metadata } = settings;
  const threshold = unknownBelow instanceof Map ? Object.fromEntries(unknownBelow) : (unknownBelow ?? null);
  const pictures = classifier?.gallery.ids.length ?? null;
  const modelId = String(saved['modelId']);
  return {
    json: {
      kind: 'classifier',
      ...settings,
      unknownBelow: threshold,
      classes: labels.length,
      pictures,
      dim: saved['dim'],
      embedder: modelId,
      containsEmbedder: classifier !== null,
      labels,
    },
    facts: [
      ...Object.entries(metadata ?? {}).map(([name, text]) => [name, String(text)] as const),
      ['classes', labelList(labels)],
      ['pictures', pictures === null ? 'not counted without the embedder' : pictures.toLocaleString('en')],
      ['aggregation', `${settings.aggregation}, quantised: ${settings.quantize}`],
      [
        'unknown',
        typeof unknownBelow === 'number'
          ? `below ${unknownBelow}`
          : unknownBelow
            ? 'below a score for each class'
            : 'never',
      ],
      ['embedder', `${modelId}${classifier ? '' : ' (not in the folder)'}`],
    ],
  };
}

function parse(bytes: Uint8Array, path: string): Json {
  try {
    return record(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw new NearkinError('BAD_FORMAT', `Expected a model.json, but ${path} is not JSON.`, {
      cause,
      details: { path },
    });
  }
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
