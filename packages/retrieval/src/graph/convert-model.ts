import { createRng, NearkinError } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { packWeight } from '../files/pack-weights.js';
import { constNode, type GraphNode, type GraphParts, shapeOf, tensorInfo, type Weight } from './graph-def.js';
import { convolution } from './kernels/convolution.js';
import { elementwise } from './kernels/elementwise.js';
import type { InlineConstant, KernelCall, NodeInput, NodeSpec } from './kernels/node-spec.js';
import { reduction } from './kernels/reduction.js';
import { shape } from './kernels/shape.js';
import { mergeBatches } from './merge-batches.js';
import { traceKernels } from './trace-kernels.js';

const mappings = new Map([...elementwise, ...convolution, ...reduction, ...shape]);

/** Two batch sizes that cannot be mistaken for one another, nor for one picture (which tfjs likes to squeeze). */
const batches = [2, 3] as const;

export interface ConvertOptions {
  /** Names of the signature's input and output; the nodes bear them too. */
  readonly input: string;
  readonly output: string;
  /** Weights that hold integers from -128 to 127, stored in one byte each. */
  readonly isCodes?: ((weight: string) => boolean) | undefined;
}

export interface ConvertedModel extends GraphParts {
  /** The node that gives a layer's output, for layers that ran an op. */
  readonly nodeOfLayer: ReadonlyMap<string, string>;
}

/**
 * Turns a LayersModel of one input and one output into a plain graph: standard nodes, any batch size. tfjs has no such
 * converter. The model runs twice, with batches of 2 and 3; where two traces differ, the batch size speaks.
 *
 * @throws {NearkinError} `UNSUPPORTED_OP` naming the layer and the op that GraphDef (or this converter) does not have
 */
export async function convertModel(model: LayersModel, options: ConvertOptions): Promise<ConvertedModel> {
  const inputShape = model.inputs[0]!.shape.slice(1).map((size) => {
    if (size) return size;
    throw new NearkinError(
      'UNSUPPORTED_OP',
      `${model.name} takes inputs of any size; only a fixed size can be traced.`,
    );
  });
  const runs = batches.map((batch) => {
    const input = randomInput([batch, ...inputShape]);
    try {
      return traceKernels(model, input);
    } catch (cause) {
      throw new NearkinError(
        'UNSUPPORTED_OP',
        `${model.name} cannot be traced with a batch of ${batch}: ${cause instanceof Error ? cause.message : cause}`,
        { cause },
      );
    } finally {
      input.dispose();
    }
  });
  const [first, second] = runs as [(typeof runs)[0], (typeof runs)[0]];
  try {
    const { calls, perBatch } = mergeBatches(first, second, batches);
    const writer = new GraphWriter(options);
    writer.placeholder([null, ...inputShape]);
    const weightNames = new Map(model.weights.map((weight) => [(weight.read() as tf.Tensor).id, weight.originalName]));
    for (const [id, tensor] of first.constants)
      await writer.constant(id, { tensor, name: weightNames.get(id) ?? 'constant', perBatch: perBatch.get(id) });
    calls.forEach((call, i) => {
      writer.call(i, call);
    });
    return writer.finish(first.result, [null, ...first.resultShape.slice(1)]);
  } finally {
    for (const run of runs) run.dispose();
  }
}

function randomInput(shape: number[]): tf.Tensor {
  const rng = createRng(11);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * rng.uniform() - 1),
    shape,
  );
}

class GraphWriter {
  readonly #options: ConvertOptions;
  readonly #nodes: GraphNode[] = [];
  readonly #weights: Weight[] = [];
  readonly #taken = new Set<string>();
  readonly #constants = new Map<number, string>();
  readonly #calls: string[] = [];
  readonly #nodeOfLayer = new Map<string, string>();
  #inputShape: (number | null)[] = [];

  constructor(options: ConvertOptions) {
    this.#options = options;
    this.#taken.add(options.input).add(options.output);
  }

  placeholder(inputShape: (number | null)[]): void {
    this.#inputShape = inputShape;
    this.#nodes.push({
      name: this.#options.input,
      op: 'Placeholder',
      attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: shapeOf(inputShape) } },
    });
  }

  async constant(
    id: number,
    { tensor, name, perBatch }: { tensor: tf.Tensor; name: string; perBatch: KernelCall | undefined },
  ): Promise<void> {
    const free = this.#freeName(name);
    this.#constants.set(id, free);
    const dtype = tensor.dtype as 'float32';
    let { shape } = tensor;
    let data = (await tensor.data()) as Float32Array;
    if (perBatch) {
      // Something like zeros([batch, n]): one row, broadcast, does the same if all are alike.
      const width = data.length / shape[0]!;
      if (data.some((value, i) => value !== data[i % width]))
        throw perBatch.unsupported('reads other numbers for each picture of a batch');
      data = data.slice(0, width);
      shape = [1, ...shape.slice(1)];
    }
    const codes = this.#options.isCodes?.(name) ?? false;
    this.#add(packWeight(free, { shape, dtype, data }, { codes }));
  }

  call(index: number, call: KernelCall): void {
    const mapping = mappings.get(call.kernel);
    if (!mapping) throw call.unsupported('is not among those that this export knows');
    let last = '';
    for (const spec of mapping(call)) last = this.#node(spec, { name: `${call.layer}/${spec.op}`, previous: last });
    this.#calls[index] = last;
    this.#nodeOfLayer.set(call.layer, last);
  }

  finish(result: NodeInput, outputShape: (number | null)[]): ConvertedModel {
    const { input, output } = this.#options;
    this.#nodes.push({
      name: output,
      op: 'Identity',
      input: [this.#nameOf(result, { owner: output, previous: '' })],
      attr: { T: { type: 'DT_FLOAT' } },
    });
    return {
      graph: { node: this.#nodes, library: {}, versions: { producer: 1 } },
      signature: {
        inputs: { [input]: tensorInfo(input, { dtype: 'float32', shape: this.#inputShape }) },
        outputs: { [output]: tensorInfo(output, { dtype: 'float32', shape: outputShape }) },
      },
      weights: this.#weights,
      nodeOfLayer: this.#nodeOfLayer,
    };
  }

  #node(spec: NodeSpec, { name, previous }: { name: string; previous: string }): string {
    const own = this.#freeName(name.replace(/\/_/, '/'));
    const input = spec.inputs.map((one) => this.#nameOf(one, { owner: own, previous }));
    this.#nodes.push({ name: own, op: spec.op, input, attr: spec.attr ?? {} });
    return own;
  }

  #nameOf(from: NodeInput, { owner, previous }: { owner: string; previous: string }): string {
    switch (from.kind) {
      case 'input':
        return this.#options.input;
      case 'previous':
        return previous;
      case 'constant':
        return this.#constants.get(from.id)!;
      case 'call':
        return from.output === 0 ? this.#calls[from.call]! : `${this.#calls[from.call]}:${from.output}`;
      case 'inline':
        return this.#inline(from, owner);
    }
  }

  #inline({ dtype, shape, values }: InlineConstant, owner: string): string {
    const name = this.#freeName(`${owner}/constant`);
    const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    this.#add(packWeight(name, { shape, dtype, data }));
    return name;
  }

  #add(weight: Weight): void {
    this.#weights.push(weight);
    this.#nodes.push(constNode(weight.spec.name, weight.spec));
  }

  /** `:` and a leading `^` mean something in a node's inputs. */
  #freeName(wanted: string): string {
    const base = wanted.replace(/[:^]/g, '_');
    let name = base;
    for (let n = 1; this.#taken.has(name); n++) name = `${base}_${n}`;
    this.#taken.add(name);
    return name;
  }
}
