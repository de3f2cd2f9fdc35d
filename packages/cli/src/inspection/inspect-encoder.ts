import { type Bundle, readSafetensors } from '@nearkin/core';
import { readModelArtifacts } from '@nearkin/embedders';
import { byteSize } from '../terminal/number-text.js';
import type { Inspection } from './inspection.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Describes a saved encoder: what it encodes pictures and words with. Weights are read and checked.
 *
 * @param options.saved `userDefinedMetadata.nearkin` of its `model.json`
 * @throws {NearkinError} `NOT_FOUND`, `BAD_FORMAT`, `BAD_MODEL`, `IO_ERROR`, `ABORTED`
 */
export async function inspectEncoder(
  bundle: Bundle,
  options: { readonly file: string; readonly saved: Json; readonly signal: AbortSignal },
): Promise<Inspection> {
  const { file, saved, signal } = options;
  const { id, dim, image, text } = record(saved['encoder']);
  const pictures = image === undefined ? undefined : await describeImages(record(image), { bundle, ...options });
  const words = text === undefined ? undefined : await describeTexts(record(text), { bundle, signal });
  const { input, ...facts } = { input: undefined, ...pictures };
  return {
    json: {
      kind: pictures && words ? 'dual encoder' : pictures ? 'encoder of pictures' : 'encoder of texts',
      id,
      dim,
      pictures: pictures ?? null,
      words: words ?? null,
      file,
    },
    facts: [
      ['space', `${String(dim)} numbers`],
      ['pictures', pictures ? `${towerText(facts)}${input === undefined ? '' : `, ${String(input)}`}` : 'none'],
      ['words', words ? towerText(words) : 'none'],
      ['identity', String(id)],
    ],
  };
}

async function describeImages(
  tower: Json,
  options: { bundle: Bundle; file: string; saved: Json; signal: AbortSignal },
): Promise<Json> {
  const { bundle, file, saved, signal } = options;
  const { kind, id, reference } = tower;
  if (kind !== 'model') return { kind, id, model: record(reference)['model'] };
  const { weightSpecs = [], weightData } = await readModelArtifacts(bundle, file, { signal });
  const bytes = [weightData].flat().reduce((sum, part) => sum + (part?.byteLength ?? 0), 0);
  const { width, height, fit } = record(record(saved['embedder'])['preprocessing']);
  const weights = weightSpecs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { kind, id, bytes, weights, input: `${String(width)} x ${String(height)} pixels, ${String(fit)}` };
}

async function describeTexts(tower: Json, { bundle, signal }: { bundle: Bundle; signal: AbortSignal }): Promise<Json> {
  const { kind, id, reference, file } = tower;
  if (kind === 'hashed') {
    const bytes = await bundle.read(String(file), { signal });
    const { tensors } = readSafetensors(bytes);
    return { kind, id, bytes: bytes.length, rows: tensors.get('table')?.shape[0] };
  }
  if (kind === 'graph') return { kind, id };
  return { kind, id, model: record(reference)['model'] };
}

function towerText({ kind, bytes, weights, rows, model }: Json): string {
  const parts = [
    kind === 'hashed'
      ? 'hashed words and parts of words'
      : kind === 'transformers'
        ? `${String(model)} of @huggingface/transformers, not in the folder`
        : kind === 'graph'
          ? 'a tfjs graph model and its tokenizer'
          : 'a tfjs model',
    ...(typeof rows === 'number' ? [`${rows.toLocaleString('en')} rows`] : []),
    ...(typeof weights === 'number' ? [`${weights.toLocaleString('en')} weights`] : []),
    ...(typeof bytes === 'number' ? [byteSize(bytes)] : []),
  ];
  return parts.join(', ');
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
