import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** Where a kernel's input comes from. */
export type TracedInput =
  | { readonly kind: 'input' }
  | { readonly kind: 'call'; readonly call: number; readonly output: number }
  | { readonly kind: 'constant'; readonly id: number };

/** One kernel that depended on the model's input. */
export interface TracedCall {
  readonly kernel: string;
  /** The layer that ran it. */
  readonly layer: string;
  readonly inputs: ReadonlyMap<string, TracedInput>;
  readonly inputShapes: ReadonlyMap<string, readonly number[]>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly outputs: readonly { readonly shape: readonly number[]; readonly dtype: tf.DataType }[];
}

export interface Trace {
  readonly calls: readonly TracedCall[];
  readonly result: TracedInput;
  readonly resultShape: readonly number[];
  /** Tensors that did not depend on the input, by tensor id; the caller's to dispose. */
  readonly constants: ReadonlyMap<number, tf.Tensor>;
  dispose(): void;
}

/**
 * Runs a model once and writes down every kernel between its input and its output.
 *
 * Tracing was chosen over going layer by layer: what a layer computes is said once, in its own `call`, so custom layers,
 * nested models and every option of every layer come for free, and only kernels (a small, stable set) need a mapping.
 * What a trace cannot see is arithmetic done outside of kernels (`dataSync` in a `call`); the converter therefore runs
 * the finished graph against the model before it hands it out.
 */
export function traceKernels(model: LayersModel, input: tf.Tensor): Trace {
  const engine = tf.engine();
  const original = engine.runKernel;
  const calls: TracedCall[] = [];
  const known = new Map<number, TracedInput>([[input.id, { kind: 'input' }]]);
  const constants = new Map<number, tf.Tensor>();
  const layerStack: string[] = [];
  let recording = true;

  const inputOf = (tensor: tf.Tensor): TracedInput => {
    const from = known.get(tensor.id);
    if (from) return from;
    if (!constants.has(tensor.id)) {
      recording = false;
      constants.set(tensor.id, tf.keep(tensor.clone()));
      recording = true;
    }
    return { kind: 'constant', id: tensor.id };
  };
  const record = (kernel: string, inputs: tf.NamedTensorMap, attrs: unknown, outputs: readonly tf.Tensor[]) => {
    const flat = Object.entries(inputs).filter(([, tensor]) => tensor !== undefined && tensor !== null);
    if (!flat.some(([, tensor]) => known.has(tensor.id))) return;
    outputs.forEach((tensor, output) => {
      known.set(tensor.id, { kind: 'call', call: calls.length, output });
    });
    calls.push({
      kernel,
      layer: layerStack.at(-1) ?? model.name,
      inputs: new Map(flat.map(([name, tensor]) => [name, inputOf(tensor)])),
      inputShapes: new Map(flat.map(([name, tensor]) => [name, tensor.shape])),
      attrs: { ...(attrs as object) },
      outputs: outputs.map(({ shape, dtype }) => ({ shape, dtype })),
    });
  };

  const unwatch = watchLayers(model, layerStack);
  engine.runKernel = ((kernel: string, inputs: tf.NamedTensorMap, attrs: never) => {
    const result = original.call(engine, kernel, inputs, attrs) as tf.Tensor | tf.Tensor[];
    if (recording) record(kernel, inputs, attrs, Array.isArray(result) ? result : [result]);
    return result;
  }) as typeof engine.runKernel;
  try {
    return tf.tidy(() => {
      const answer = model.apply(input) as tf.Tensor | tf.Tensor[];
      const output = Array.isArray(answer) ? answer[0]! : answer;
      return Object.assign(Object.create(null), {
        calls,
        result: inputOf(output),
        resultShape: output.shape,
        constants,
        dispose: () => tf.dispose([...constants.values()]),
      }) as never;
    }) as unknown as Trace;
  } finally {
    engine.runKernel = original;
    unwatch();
  }
}

/** Notes which layer is at work, nested models too; returns what undoes it. */
function watchLayers(model: LayersModel, stack: string[]): () => void {
  const undo: (() => void)[] = [];
  const watch = (layer: layers.Layer) => {
    const call = layer.call;
    layer.call = function watched(this: layers.Layer, ...args: Parameters<typeof call>) {
      stack.push(layer.name);
      try {
        return call.apply(this, args);
      } finally {
        stack.pop();
      }
    };
    undo.push(() => {
      Reflect.deleteProperty(layer, 'call');
    });
    const nested = (layer as Partial<LayersModel>).layers;
    if (nested) nested.forEach(watch);
  };
  model.layers.forEach(watch);
  return () => {
    for (const step of undo) step();
  };
}
