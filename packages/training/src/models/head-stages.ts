import type { Head } from './head.js';

/** One dense layer of a head, with what is subtracted from the input folded into its bias. */
export interface HeadStage {
  readonly name: string;
  /** Shape `[inputs, outputs]`. */
  readonly kernel: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: Float32Array | undefined;
  readonly relu: boolean;
}

/**
 * The head as plain dense layers, and whether their input is added to their output. Rows are not scaled to unit length.
 *
 * With k the kernel, b the bias and c the center: `k (x - c) + b = k x + (b - k c)`; with `residual` the last bias also
 * takes c away from the x that is added.
 */
export async function headStages(head: Head): Promise<HeadStage[]> {
  const { weights, center, residual, inputDim } = head;
  const find = async (name: string) => {
    const weight = weights.find((one) => one.name === name);
    return weight && Float32Array.from(await weight.variable.data());
  };
  const isCentred = center.some((value) => value !== 0);
  const stages: HeadStage[] = [];
  let inputs = inputDim;
  for (let i = 1; ; i++) {
    const kernel = await find(`dense${i}/kernel`);
    if (!kernel) break;
    const outputs = kernel.length / inputs;
    const ownBias = await find(`dense${i}/bias`);
    let bias = ownBias;
    if (i === 1 && isCentred) {
      bias = ownBias ?? new Float32Array(outputs);
      const shifts = new Float64Array(outputs);
      for (let row = 0; row < inputs; row++)
        for (let to = 0; to < outputs; to++) shifts[to] = shifts[to]! + center[row]! * kernel[row * outputs + to]!;
      for (let to = 0; to < outputs; to++) bias[to] = bias[to]! - shifts[to]!;
    }
    stages.push({ name: `dense${i}`, kernel, inputs, outputs, bias, relu: ownBias !== undefined });
    inputs = outputs;
  }
  const last = stages.at(-1)!;
  if (residual && isCentred) {
    const bias = last.bias ?? new Float32Array(last.outputs);
    for (let to = 0; to < bias.length; to++) bias[to] = bias[to]! - center[to]!;
    stages[stages.length - 1] = { ...last, bias };
  }
  return stages;
}
