import {
  type Bundle,
  type BundleSource,
  type JobOptions,
  NearkinError,
  openBundle,
  throwIfAborted,
} from '@nearkin/core';
import { readEncoderMetadata } from '../encoders/encoder-metadata.js';
import { type LoadEncoderOptions, loadEncoder } from '../encoders/load-encoder.js';
import { readModelArtifacts } from '../models/model-artifacts.js';
import { hubBundle } from '../models/presets.js';
import { badModel } from '../models/weight-specs.js';
import { parseTransformersSource } from '../transformers/transformers-source.js';
import { createGraphTextEmbedder } from './graph-text-embedder.js';
import type { TextEmbedder, TextGraphSettings } from './text-embedder.js';
import { isTextPresetName, type TextPresetName, textPresets } from './text-presets.js';
import { type TokenizerFiles, unigramTokenizer, wordPieceTokenizer } from './text-tokenizer.js';

export interface LoadTextEmbedderOptions
  extends JobOptions,
    Pick<LoadEncoderOptions, 'batchSize' | 'transformers'>,
    Partial<Pick<TextGraphSettings, 'output' | 'pooling' | 'normalize' | 'maxTokens'>> {
  /**
   * The tokenizer's file beside the model, or its content: `tokenizer.json` of any kind, `vocab.json` of a unigram model
   * (`[["piece", score], …]`), `vocab.txt` of a WordPiece model. Default: the first of these that is there.
   */
  readonly tokenizer?: string | TokenizerFiles | undefined;
}

const tokenizerNames = ['tokenizer.json', 'vocab.json', 'vocab.txt'] as const;

/**
 * Loads an embedder of texts: one that `saveTextEmbedder` wrote, the texts' half of a dual encoder, a tfjs GraphModel of
 * sentences with its tokenizer, a preset (Universal Sentence Encoder Lite), or `hf:OWNER/NAME` for a model of
 * @huggingface/transformers.
 *
 * A text that says nothing to it (empty, or of unknown words alone) gives a row of zeros. Of a long one the first
 * `maxTextLength` characters and `maxTokens` (256) pieces are read.
 *
 * @param source a folder, `…/model.json`, URL, `indexeddb://name`, files in memory, a preset's name, or `hf:…`
 * @throws {NearkinError} `NOT_FOUND`, `BAD_MODEL`, `UNSUPPORTED` for a model of pictures, `UNKNOWN_LAYER` for a model
 *   with several outputs, `UNSUPPORTED_OP`, `MISSING_DEPENDENCY`, `IO_ERROR`, `ABORTED`
 * @example
 * const embedder = await loadTextEmbedder('models/sentences');
 * (await embedder.embed(['a cat', 'eine Katze'])).count; // 2
 */
export async function loadTextEmbedder(
  source: BundleSource | TextPresetName,
  options: LoadTextEmbedderOptions = {},
): Promise<TextEmbedder> {
  const { signal } = options;
  throwIfAborted(signal);
  const named = parseTransformersSource(source);
  if (named) {
    const { loadTransformersTexts } = await import('../transformers/load-transformers.js');
    const { pooling, normalize } = options;
    return loadTransformersTexts({ pooling, normalize, ...named }, options);
  }
  if (typeof source === 'string' && isTextPresetName(source)) {
    const preset = textPresets[source];
    return loadGraph(hubBundle(preset.url, { hub: preset.hub, name: source }), 'model.json', {
      ...options,
      tokenizer: options.tokenizer ?? (await fetchTokenizer(preset.tokenizer, signal)),
    });
  }
  const { bundle, file = 'model.json' } = await openBundle(source as BundleSource);
  const root = await bundle.read(file, { signal });
  const metadata = readEncoderMetadata(parse(root), bundle.location);
  if (!metadata) return loadGraph(bundle, file, options);
  const encoder = await loadEncoder(source as BundleSource, { ...options, lazy: true });
  if (encoder.text) return encoder.text as TextEmbedder;
  encoder.dispose();
  throw new NearkinError(
    'UNSUPPORTED',
    `Expected an embedder of texts, got one of pictures in ${bundle.location}; open it with loadImageEmbedder.`,
  );
}

async function loadGraph(bundle: Bundle, file: string, options: LoadTextEmbedderOptions): Promise<TextEmbedder> {
  const { signal, batchSize, output, pooling, normalize, maxTokens } = options;
  const where = bundle.location;
  const artifacts = await readModelArtifacts(bundle, file, options);
  const topology = artifacts.modelTopology as { node?: unknown };
  if (!Array.isArray(topology.node))
    throw badModel(where, 'it is a LayersModel; sentence models are read as GraphModels');
  const tokenizer =
    typeof options.tokenizer === 'object' ? options.tokenizer : await findTokenizer(bundle, options.tokenizer, signal);
  const given = { output, pooling, normalize, maxTokens };
  const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return createGraphTextEmbedder(artifacts, { tokenizer, settings, batchSize, where });
}

async function findTokenizer(
  bundle: Bundle,
  wanted: string | undefined,
  signal: AbortSignal | undefined,
): Promise<TokenizerFiles> {
  for (const name of wanted === undefined ? tokenizerNames : [wanted]) {
    const bytes = await readOptional(bundle, name, signal);
    if (!bytes) continue;
    if (name.endsWith('.txt')) return wordPieceTokenizer(new TextDecoder().decode(bytes));
    const json = parse(bytes);
    if (Array.isArray(json)) return unigramTokenizer(json, bundle.location);
    if (json === undefined) throw badModel(bundle.location, `its ${name} is not JSON`);
    const config = await readOptional(bundle, 'tokenizer_config.json', signal);
    const settings = config && parse(config);
    return {
      tokenizer: json as TokenizerFiles['tokenizer'],
      ...(settings ? { config: settings as TokenizerFiles['tokenizer'] } : {}),
    };
  }
  throw new NearkinError(
    'NOT_FOUND',
    `Expected a tokenizer beside the model in ${bundle.location}: ${wanted ?? tokenizerNames.join(', ')}; or give one as { tokenizer }.`,
    { details: { location: bundle.location } },
  );
}

async function readOptional(bundle: Bundle, name: string, signal: AbortSignal | undefined) {
  try {
    return await bundle.read(name, { signal });
  } catch (error) {
    if (error instanceof NearkinError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

async function fetchTokenizer(url: string, signal: AbortSignal | undefined): Promise<TokenizerFiles> {
  const slash = url.lastIndexOf('/');
  const { bundle } = await openBundle(url.slice(0, slash + 1));
  return findTokenizer(bundle, url.slice(slash + 1), signal);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
