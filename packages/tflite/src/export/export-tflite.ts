import { NearkinError } from '@nearkin/core';
import { appendZip, storedEntry } from '../metadata/append-zip.js';
import { classifierMetadata, type ModelCard } from '../metadata/classifier-metadata.js';
import { metadataEntry } from '../metadata/metadata-schema.js';
import { type Normalization, readMetadata } from '../metadata/read-metadata.js';
import { splitModel } from '../metadata/zip-entries.js';
import { createGraphBuilder } from '../model/graph.js';
import { readModel, type TfliteModel } from '../model/read-model.js';
import { writeModel } from '../model/write-model.js';
import { aggregateClasses, paddingBias } from './aggregate-classes.js';
import { layOutClasses } from './class-layout.js';
import { embeddingTensor, floatEmbedding, operatorsFor } from './embedding-tensor.js';
import type { ExportableClassifier } from './exportable-classifier.js';
import { labelLines } from './label-lines.js';
import { matchRows, type WeightType } from './match-rows.js';
import { normalizationFor } from './normalization-for.js';

export interface ExportTfliteOptions {
  /**
   * How the gallery's rows are stored. `int8`: a byte a number and a scale for each row; runtimes turn them into floats
   * when they open the model, so that the file is smaller and the memory is not. Default: as the classifier keeps them.
   */
  readonly weights?: WeightType | undefined;
  /**
   * The tensor of the base model that is the embedding, by name or index. Default: the one that the classifier's embedder
   * uses where it is this very file, else the only output.
   */
  readonly embedding?: string | number | undefined;
  /**
   * Identity of the base model as an embedder (`(await loadImageEmbedder(base)).id`): where given, it must be the
   * classifier's.
   */
  readonly modelId?: string | undefined;
  /** Texts for people; what is left out comes from the classifier's metadata, then from the base model's. */
  readonly metadata?: ModelCard | undefined;
  /**
   * How samples from 0 to 255 are normalised before the model sees them. Default: what the base model's metadata says,
   * else the classifier's embedder, else (x - 127.5) / 127.5.
   */
  readonly normalization?: Normalization | undefined;
  /** Further files to keep with the model, by name. */
  readonly files?: ReadonlyMap<string, Uint8Array> | undefined;
}

const labelFile = 'labels.txt';
const outputName = 'scores';

/**
 * Writes a classifier as one `.tflite` file: the layers of retrieval behind an existing `.tflite` embedder, with a label
 * file and metadata, so that Task Library and MediaPipe's ImageClassifier take it as it is.
 *
 * The base keeps its bytes, tensors, operators, signatures, metadata and associated files; operators that only its old
 * output needed are dropped from the list. Added are L2_NORMALIZATION, FULLY_CONNECTED and an aggregation whose number of
 * operators does not depend on the number of classes (a quantised embedding is dequantised first).
 *
 * @param base bytes of the embedder that made the gallery, float or quantised, input `[n, height, width, 3]`; for an
 *   embedder of tfjs layers what `convertLayers` of `@nearkin/tflite/layers` makes of it
 * @returns bytes of a file whose one output `[n, classes]` holds scores in the order of `classifier.labels`
 * @throws {NearkinError} `DIMENSION_MISMATCH` or `MODEL_MISMATCH` for the base of another embedder; `BAD_FORMAT` for a
 *   damaged one; `UNSUPPORTED` for several subgraphs or outputs, or weights outside of the file; `UNKNOWN_LAYER`;
 *   `BAD_MODEL` for a quantised embedding without a scale; `TOO_LARGE` over 2 GB; `INVALID_ARGUMENT` for labels that a
 *   label file cannot hold
 * @example
 * await writeFile('fruit.tflite', exportTflite(classifier, await readFile('mobilenet.tflite')));
 */
export function exportTflite(
  classifier: ExportableClassifier,
  base: Uint8Array,
  options: ExportTfliteOptions = {},
): Uint8Array {
  const { gallery, labels, settings } = classifier;
  const { dim } = gallery.vectors;
  assertSameModel(classifier, options.modelId);
  const labelBytes = labelLines(labels);
  const parts = splitModel(base);
  const model = readModel(parts.model, 'The base model');
  const wanted = options.embedding ?? tensorOfEmbedder(classifier.embedder, base);
  const embedding = embeddingTensor(model, { embedding: wanted, dim });
  const layout = layOutClasses(classifier);

  const graph = createGraphBuilder(model.tensorCount);
  const vector = floatEmbedding(graph, embedding, dim);
  const shape = [embedding.shape.length > 1 ? embedding.shape[0]! : 1, dim];
  const query = graph.apply('L2_NORMALIZATION', [vector], { name: 'nearkin/query', shape });
  const weights = options.weights ?? (settings.quantize === 'int8' ? 'int8' : 'float32');
  const bias = paddingBias(layout, settings);
  const cosines = matchRows(graph, query, { rows: layout.rows, dim, weights, bias });
  const scores = aggregateClasses(graph, cosines, { layout, settings });
  graph.rename(scores, outputName);

  const card = { ...definedTexts(settings.metadata), ...definedTexts(options.metadata) };
  const metadata = classifierMetadata(
    {
      card,
      replaceInput: options.normalization !== undefined,
      normalization: normalizationFor(model, { given: options.normalization, embedder: classifier.embedder }),
      channels: channelsOf(model),
      labelFile,
      files: [...(options.files?.keys() ?? [])],
      scoreThreshold: typeof settings.unknownBelow === 'number' ? settings.unknownBelow : undefined,
      scoreRange: settings.aggregation === 'softmax' ? [0, 1] : [-1, 1],
    },
    model,
  );
  const written = writeModel(graph.finish({ outputs: [scores] }), {
    base: model,
    keep: operatorsFor(model, embedding.index),
    description: `${model.description || 'An embedder'}, with classes by nearkin`,
    metadata: new Map([[metadataEntry, metadata]]),
    outputName,
  });
  const given = new Map([[labelFile, labelBytes], ...(options.files ?? [])]);
  // Labels of the old output would be in the way of the new ones.
  const outdated = new Set(oldOutputFiles(model));
  const kept = parts.entries.filter(({ name }) => !given.has(name) && !outdated.has(name));
  return appendZip(written, [...kept, ...[...given].map(([name, content]) => storedEntry(name, content))]);
}

function assertSameModel(classifier: ExportableClassifier, modelId: string | undefined): void {
  if (modelId === undefined || classifier.modelId === undefined || modelId === classifier.modelId) return;
  throw new NearkinError(
    'MODEL_MISMATCH',
    `The classifier was built on the embedder ${classifier.modelId}, the base model is ${modelId}; their vectors cannot be compared.`,
    { details: { expected: classifier.modelId, received: modelId } },
  );
}

/** What `loadTfliteEmbedder` found to be the embedding, if the base is the file that it opened. */
function tensorOfEmbedder(embedder: unknown, base: Uint8Array): number | undefined {
  const tflite = (embedder as { tflite?: { bytes?: unknown; index?: unknown } } | null | undefined)?.tflite;
  if (!(tflite?.bytes instanceof Uint8Array) || typeof tflite.index !== 'number') return undefined;
  const { bytes, index } = tflite;
  return bytes.length === base.length && bytes.every((byte, i) => byte === base[i]) ? index : undefined;
}

/** Of the picture input; 3 where the model does not say. */
function channelsOf(model: TfliteModel): number {
  const [input] = model.inputs;
  return input === undefined ? 3 : (model.tensor(input).shape[3] ?? 3);
}

function oldOutputFiles(model: TfliteModel): string[] {
  return (readMetadata(model)?.files ?? []).filter(({ of }) => of === 'output').map(({ name }) => name);
}

function definedTexts(card: ModelCard = {}): ModelCard {
  return Object.fromEntries(Object.entries(card).filter(([, text]) => text !== undefined && text !== ''));
}
