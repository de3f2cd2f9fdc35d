import { NearkinError } from '@nearkin/core';
import { quantizeRows } from '../export/int8-rows.js';
import type { WeightType } from '../export/match-rows.js';
import type { SamplePreprocessing } from '../export/normalization-for.js';
import { embedderMetadata } from '../metadata/embedder-metadata.js';
import { metadataEntry } from '../metadata/metadata-schema.js';
import type { Normalization } from '../metadata/read-metadata.js';
import { createGraphBuilder, type GraphBuilder } from '../model/graph.js';
import { writeModel } from '../model/write-model.js';
import type { Conversion } from './conversion.js';
import { converters } from './converters.js';
import { foldCalls } from './fold-calls.js';
import type { LayersArtifacts } from './layers-artifacts.js';
import { bad, type LayerCall, readTopology } from './read-topology.js';
import { readWeights } from './read-weights.js';

export interface ConvertLayersOptions {
  /**
   * How kernels are stored. `int8`: a byte a number, with a scale for each output channel; runtimes turn them into
   * floats once, when they open the model, and compute with those, so that only the rounding of the weights counts.
   * Biases, small kernels and those of depthwise convolutions (small too, and sensitive) stay float. Default `float32`.
   */
  readonly weights?: WeightType | undefined;
  /**
   * What happens to samples of 0 to 255 before the first layer, as an embedder states it. It goes into the file's
   * metadata; what that cannot say to every runtime (numbers that differ by channel, blue before red) becomes part of the
   * model. Default: the file says nothing.
   */
  readonly preprocessing?: SamplePreprocessing | undefined;
  /** Pictures that the model takes at a time; default 1, which is what runtimes on devices expect. */
  readonly batch?: number | undefined;
}

/** Kernels below it gain nothing from a byte a number. */
const smallKernel = 512;

/**
 * Converts a tfjs LayersModel to a `.tflite` model: MobileNets, and whatever else is made of convolutions, pooling, dense
 * layers, sums, concatenations and common activations. Batch normalisation and rectifiers become part of the layer before
 * them. tfjs is not needed.
 *
 * @param artifacts topology and weights as they are stored, of one input of a fixed shape and one output
 * @throws {NearkinError} `UNSUPPORTED_OP` naming the layer, its class and where it is; `BAD_MODEL`; `TOO_LARGE`
 * @example
 * const artifacts = await readModelArtifacts((await openBundle('mobilenet')).bundle);
 * const bytes = convertLayers(artifacts, { weights: 'int8' });
 */
export function convertLayers(artifacts: LayersArtifacts, options: ConvertLayersOptions = {}): Uint8Array {
  const { batch = 1 } = options;
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a batch of at least 1, got ${batch}.`, { details: { batch } });
  const topology = readTopology(artifacts.modelTopology);
  const weights = readWeights(artifacts);
  const { folded, aliases } = foldCalls(topology);
  const graph = createGraphBuilder(0);
  const plan = options.preprocessing && planPreprocessing(options.preprocessing);
  const kernel = kernelWriter(graph, options.weights ?? 'float32');
  const tensors: number[] = [];
  const inputs: number[] = [];
  topology.calls.forEach((call, index) => {
    if (call.className === 'InputLayer') {
      const input = graph.tensor({ name: call.layer, shape: [batch, ...inputShape(call)] });
      inputs.push(input);
      tensors[index] = plan?.inModel ? preprocess(graph, input, plan.inModel) : input;
      return;
    }
    const alias = aliases.get(index);
    if (alias !== undefined) {
      tensors[index] = tensors[alias]!;
      return;
    }
    const unsupported = (reason: string) => cannotConvert(call, reason);
    const convert = converters.get(call.className);
    if (!convert) throw unsupported('is of a class that this converter does not have');
    const conversion: Conversion = {
      graph,
      weights,
      call,
      inputs: call.inputs.map((input) => tensors[input]!),
      folded: folded.get(index) ?? {},
      kernel,
      unsupported,
    };
    tensors[index] = convert(conversion);
  });
  if (inputs.length !== 1) throw bad(`it has ${inputs.length} inputs; expected one`);
  return writeModel(graph.finish({ inputs, outputs: [tensors[topology.output]!] }), {
    description: 'Converted from layers by nearkin',
    metadata: new Map(
      plan ? [[metadataEntry, embedderMetadata(plan.normalization, { channels: graph.shapeOf(inputs[0]!)[3] })]] : [],
    ),
    outputName: 'embedding',
  });
}

/** What the metadata says, and what the model does itself. */
function planPreprocessing({ mean, std, colorOrder = 'rgb' }: SamplePreprocessing): {
  normalization: Normalization;
  inModel?: SamplePreprocessing;
} {
  const uniform = [mean, std].every((list) => list.every((value) => value === list[0]));
  if (colorOrder === 'bgr' || (colorOrder === 'rgb' && !uniform))
    return { normalization: { mean: [0], std: [1] }, inModel: { mean, std, colorOrder } };
  // Of a grey model the shares of lightness; of equal numbers that is the number itself.
  const one = (list: readonly number[]) =>
    uniform ? [list[0]!] : [luma.reduce((sum, share, i) => sum + share * list[i]!, 0)];
  return { normalization: { mean: one(mean), std: one(std) } };
}

/** @source Rec. 601, section 2.5.1 */
const luma = [0.299, 0.587, 0.114] as const;

/** Adds (x - mean) / std for each channel, and the order that the model wants; mean and std are red, green, blue. */
function preprocess(graph: GraphBuilder, input: number, { mean, std, colorOrder }: SamplePreprocessing): number {
  const shape = graph.shapeOf(input);
  const channels = [mean.length];
  const factor = graph.constant(
    'preprocessing/factor',
    channels,
    Float32Array.from(std, (value) => 1 / value),
  );
  const offset = graph.constant(
    'preprocessing/offset',
    channels,
    Float32Array.from(mean, (m, i) => -m / std[i]!),
  );
  const scaled = graph.apply('MUL', [input, factor], { name: 'preprocessing/scaled', shape });
  const shifted = graph.apply('ADD', [scaled, offset], { name: 'preprocessing/shifted', shape });
  if (colorOrder !== 'bgr') return shifted;
  const order = graph.constant('preprocessing/order', [3], Int32Array.of(2, 1, 0));
  return graph.apply('GATHER', [shifted, order], { name: 'preprocessing/bgr', shape }, { axis: 3 });
}

/** @throws {NearkinError} `BAD_MODEL` for an input of open size */
function inputShape({ config, where }: LayerCall): number[] {
  const shape = config['batch_input_shape'] ?? config['batch_shape'];
  if (
    Array.isArray(shape) &&
    shape.length > 1 &&
    shape.slice(1).every((side) => Number.isSafeInteger(side) && side > 0)
  )
    return shape.slice(1);
  throw bad(`its input ${where} has shape ${JSON.stringify(shape)}; every side but the first must be fixed`);
}

function kernelWriter(graph: GraphBuilder, weights: WeightType): Conversion['kernel'] {
  return (name, shape, data) => {
    if (weights === 'float32' || data.length < smallKernel) return graph.constant(name, shape, data);
    const size = data.length / shape[0]!;
    const rows = Array.from({ length: shape[0]! }, (_, c) => data.subarray(c * size, (c + 1) * size));
    const { codes, scales } = quantizeRows(rows, size);
    // A scale of 0 would be no scale; the codes of such a channel are 0.
    const safe = scales.map((scale) => scale || 1);
    const small = graph.tensor({ name: `${name}/int8`, shape, type: 'int8', data: codes, scales: safe });
    return graph.apply('DEQUANTIZE', [small], { name, shape }, { version: perChannelVersion });
  };
}

/** Of DEQUANTIZE with a scale for each channel. */
const perChannelVersion = 5;

function cannotConvert({ layer, where, className }: LayerCall, reason: string): NearkinError {
  return new NearkinError(
    'UNSUPPORTED_OP',
    `The layer ${JSON.stringify(where)} (${className}) ${reason}, so it cannot become TFLite.`,
    { details: { layer, where, className, reason } },
  );
}
