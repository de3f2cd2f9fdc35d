import { type BundleSource, type JobOptions, NearkinError, openBundle, throwIfAborted } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import { host } from '#picture-host';
import { readEmbedderMetadata } from '../models/embedder-metadata.js';
import { loadGraph } from '../models/load-graph.js';
import { loadLayers } from '../models/load-layers.js';
import { checkArtifacts, isRecord, readModelArtifacts } from '../models/model-artifacts.js';
import { isPresetName, type PresetName, presetBundle, presets } from '../models/presets.js';
import { badModel } from '../models/weight-specs.js';
import type { Preprocessing } from '../pictures/preprocessing.js';
import type { LiteRtOptions } from '../tflite/litert.js';
import { isTfliteSource, loadTfliteEmbedder, type TfliteSource } from '../tflite/load-tflite-embedder.js';
import { parseTransformersSource, type TransformersOptions } from '../transformers/transformers-source.js';
import {
  checkInputShape,
  createImageEmbedder,
  fitPreprocessing,
  type ImageEmbedder,
  type ImageEmbedderOptions,
} from './image-embedder.js';

export interface LoadImageEmbedderOptions
  extends JobOptions,
    Pick<ImageEmbedderOptions, 'preprocessing' | 'id' | 'batchSize'> {
  /**
   * The layer (LayersModel) or node (GraphModel) whose output is the embedding. Left out: what the saved embedder or
   * the preset says, else what a classifier head at the end of the model reads, else the model's output. Of a `.tflite`
   * model: a tensor.
   */
  readonly layer?: string | undefined;
  /** For `.tflite` models: where their runtime is. */
  readonly litert?: LiteRtOptions | undefined;
  /** For models of @huggingface/transformers. */
  readonly transformers?: TransformersOptions | undefined;
}

/**
 * Loads an embedder of pictures: a tfjs LayersModel or GraphModel (which one is detected), an embedder saved by nearkin,
 * which brings its preprocessing along, or a `.tflite` model (see {@link loadTfliteEmbedder}).
 *
 * Without metadata, preset or options the preprocessing is: size from the model, centre crop, RGB (grey for a model of one
 * channel) scaled to [-1, 1].
 * Spatial outputs `[n, h, w, c]` are averaged over `h` and `w`. A backend is chosen if none runs yet.
 *
 * @param source a folder, `…/model.json`, URL, `indexeddb://name`, files in memory, a preset's name, `hf:OWNER/NAME` of a
 *   model of @huggingface/transformers, or a tfjs IOHandler. A folder that has the name of a preset is written `./name`.
 * @throws {NearkinError} `NOT_FOUND`, `BAD_MODEL`, `UNSAFE_PATH`, `UNKNOWN_LAYER`, `UNSUPPORTED_OP`, `INVALID_ARGUMENT`,
 *   `BACKEND_UNAVAILABLE`, `IO_ERROR`, `ABORTED`
 * @example
 * const embedder = await loadImageEmbedder('models/mobilenet-v2');
 * const { dim } = await embedder.embed(['banana.jpg']); // 1280
 */
export async function loadImageEmbedder(
  source: BundleSource | PresetName | io.IOHandler | Uint8Array,
  options: LoadImageEmbedderOptions = {},
): Promise<ImageEmbedder> {
  const { signal, onProgress } = options;
  throwIfAborted(signal);
  if (isTfliteSource(source)) return loadTfliteEmbedder(source as TfliteSource, options);
  const named = parseTransformersSource(source);
  if (named) {
    const { loadTransformersImages } = await import('../transformers/load-transformers.js');
    return loadTransformersImages(named, options);
  }
  const preset = typeof source === 'string' && isPresetName(source) ? presets[source] : undefined;
  const { artifacts, where } = await readSource(source as Exclude<typeof source, Uint8Array>, { signal, onProgress });
  throwIfAborted(signal);
  await host.ensureBackend();
  const saved = readEmbedderMetadata(artifacts, where);
  const layer = options.layer ?? saved?.layer ?? preset?.layer;
  const preprocessing: Partial<Preprocessing> = {
    ...preset?.preprocessing,
    ...saved?.preprocessing,
    ...options.preprocessing,
  };
  // A stored identity speaks of the embedder as it was stored.
  const changed = options.layer !== undefined || options.preprocessing !== undefined;
  const id = options.id ?? (changed ? undefined : saved?.id);
  const embedderOptions = { preprocessing, id, batchSize: options.batchSize, ownsModel: true };
  if (isGraph(artifacts)) {
    const size = (shape: readonly number[]) => {
      const input = checkInputShape(shape, where);
      const { width, height } = fitPreprocessing(input, preprocessing, where);
      return [Math.max(1, input[0]!), height, width, input[3]!];
    };
    const { model, artifacts: pruned, inputNode, outputNode } = await loadGraph(artifacts, { layer, where, size });
    return owned(model, () =>
      createImageEmbedder({ kind: 'graph', model, artifacts: pruned, inputNode, outputNode }, embedderOptions),
    );
  }
  const { model, artifacts: pruned } = await loadLayers(artifacts, { layer, where });
  return owned(model, () => createImageEmbedder({ kind: 'layers', model, artifacts: pruned }, embedderOptions));
}

async function readSource(
  source: BundleSource | PresetName | io.IOHandler,
  options: Pick<LoadImageEmbedderOptions, 'signal' | 'onProgress'>,
): Promise<{ artifacts: io.ModelArtifacts; where: string }> {
  if (isHandler(source)) {
    const where = 'The model of the given IOHandler';
    let artifacts: io.ModelArtifacts;
    try {
      artifacts = await source.load!();
    } catch (cause) {
      throw badModel(where, cause instanceof Error ? cause.message : String(cause), cause);
    }
    return { artifacts: await checkArtifacts(artifacts, where), where };
  }
  if (typeof source === 'string' && isPresetName(source)) {
    const bundle = presetBundle(source);
    return { artifacts: await readModelArtifacts(bundle, 'model.json', options), where: bundle.location };
  }
  const { bundle, file } = await openBundle(source as BundleSource);
  return { artifacts: await readModelArtifacts(bundle, file ?? 'model.json', options), where: bundle.location };
}

function isHandler(source: unknown): source is io.IOHandler {
  return (
    typeof source === 'object' &&
    source !== null &&
    typeof (source as io.IOHandler).load === 'function' &&
    !('read' in source)
  );
}

function isGraph(artifacts: io.ModelArtifacts): boolean {
  return isRecord(artifacts.modelTopology) && 'node' in artifacts.modelTopology;
}

/** A model that cannot become an embedder is not left behind in memory. */
function owned<T>(model: { dispose(): unknown }, make: () => T): T {
  try {
    return make();
  } catch (error) {
    model.dispose();
    throw error instanceof NearkinError ? error : badModel('The model', String(error), error);
  }
}
