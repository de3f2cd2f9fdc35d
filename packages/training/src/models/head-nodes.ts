import type { io } from '@tensorflow/tfjs';
import { appendWeights, freePrefix } from './head-layers.js';
import type { HeadStage } from './head-stages.js';

interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: object;
}

/**
 * Appends a head to a GraphModel that ends with its embedding: products, additions and rectifiers, all of them standard
 * operations.
 *
 * @returns artifacts, and the name of the node that is the embedding now
 */
export function appendHeadNodes(
  artifacts: io.ModelArtifacts,
  options: { readonly output: string; readonly stages: readonly HeadStage[]; readonly residual: boolean },
): { artifacts: io.ModelArtifacts; layer: string } {
  const { output, stages, residual } = options;
  const topology = artifacts.modelTopology as { readonly node: readonly Node[] };
  const prefix = freePrefix(topology.node.map(({ name }) => name));
  const node: Node[] = [...topology.node];
  const specs: io.WeightsManifestEntry[] = [];
  const parts: Float32Array[] = [];
  const float = { T: { type: 'DT_FLOAT' } };
  const constant = (name: string, values: Float32Array, shape: number[]) => {
    node.push({ name, op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } });
    specs.push({ name, shape, dtype: 'float32' });
    parts.push(values);
  };
  let from = output;
  const add = (name: string, op: string, input: readonly string[], attr: object = {}) => {
    node.push({ name, op, input, attr: { ...float, ...attr } });
    from = name;
  };
  for (const { name, kernel, inputs, outputs, bias, relu } of stages) {
    const own = `${prefix}${name}`;
    constant(`${own}/kernel`, kernel, [inputs, outputs]);
    add(`${own}/product`, 'MatMul', [from, `${own}/kernel`], { transpose_a: { b: false }, transpose_b: { b: false } });
    if (bias) {
      constant(`${own}/bias`, bias, [outputs]);
      add(`${own}/biased`, 'AddV2', [from, `${own}/bias`]);
    }
    if (relu) add(`${own}/relu`, 'Relu', [from]);
  }
  if (residual) add(`${prefix}sum`, 'AddV2', [output, from]);
  const dim = stages.at(-1)!.outputs;
  const tensorShape = { dim: [{ size: '-1' }, { size: String(dim) }] };
  const signature = artifacts.signature as { readonly inputs?: object } | undefined;
  return {
    layer: from,
    artifacts: {
      ...artifacts,
      modelTopology: { ...topology, node },
      weightSpecs: [...(artifacts.weightSpecs ?? []), ...specs],
      weightData: appendWeights(artifacts.weightData as ArrayBuffer, parts),
      signature: { ...signature, outputs: { [from]: { name: from, dtype: 'DT_FLOAT', tensorShape } } },
    },
  };
}
