import { NearkinError } from '@nearkin/core';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import { io, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { embeddingCandidates, findEmbeddingNode } from './find-embedding-node.js';
import { graphAncestors, inputShape, nodeName, parseGraphTopology, pruneGraph } from './graph-topology.js';
import { unknownLayer } from './layers-topology.js';
import { badModel } from './weight-specs.js';

export interface LoadedGraph {
  readonly model: GraphModel;
  readonly artifacts: io.ModelArtifacts;
  readonly inputNode: string;
  readonly outputNode: string;
  readonly dim: number;
}

/**
 * Loads a GraphModel up to its embedding node and runs it once on a black picture, to learn the dimension and whether
 * the backend has all its operations. Maps `[n, h, w, c]` are averaged over `h` and `w` by a node of the graph.
 *
 * @param options.size input size where the model leaves it open
 * @throws {NearkinError} `UNKNOWN_LAYER`, `BAD_MODEL`, `UNSUPPORTED_OP`
 */
export async function loadGraph(
  artifacts: io.ModelArtifacts,
  options: { layer?: string | undefined; where: string; size: (shape: readonly number[]) => readonly number[] },
): Promise<LoadedGraph> {
  const { where } = options;
  const topology = parseGraphTopology(artifacts, where);
  const wanted = options.layer === undefined ? findEmbeddingNode(topology) : nodeName(options.layer);
  if (wanted === undefined)
    throw new NearkinError(
      'UNKNOWN_LAYER',
      `${where} has ${topology.outputs.length} outputs; choose the embedding with layer, for example ${embeddingCandidates(topology).join(', ')}.`,
      { details: { candidates: embeddingCandidates(topology) } },
    );
  if (!topology.nodes.has(wanted)) throw unknownLayer(wanted, embeddingCandidates(topology), where);
  const needed = graphAncestors(topology, wanted);
  const inputs = [...needed].filter((name) => topology.nodes.get(name)!.op.startsWith('Placeholder'));
  const [input, ...more] = inputs;
  if (input === undefined || more.length > 0)
    throw badModel(where, `the node ${wanted} depends on ${inputs.length} inputs, expected one picture`);
  const shape = inputShape(artifacts, topology, input);
  if (!shape) throw badModel(where, `it does not say the shape of its input ${input}`);
  const size = options.size(shape);
  const pruned = pruneGraph(artifacts, topology, { input, output: wanted });
  const model = await load(pruned, where);
  const output = probe(model, { input, output: wanted, size, where });
  const dim = output.at(-1)!;
  const flat = output.length === 2;
  const finished = { inputNode: input, dim };
  if (flat) {
    const outputShape = [-1, dim];
    return {
      ...finished,
      model,
      artifacts: pruneGraph(artifacts, topology, { input, output: wanted, outputShape }),
      outputNode: wanted,
    };
  }
  model.dispose();
  if (output.length !== 4)
    throw badModel(where, `the node ${wanted} gives shape [${output.join(', ')}], expected [n, dim] or [n, h, w, c]`);
  const pool = `${wanted}_pool`;
  const pooled = pruneGraph(artifacts, topology, { input, output: wanted, pool, outputShape: [-1, dim] });
  return { ...finished, model: await load(pooled, where), artifacts: pooled, outputNode: pool };
}

async function load(artifacts: io.ModelArtifacts, where: string): Promise<GraphModel> {
  try {
    return await loadGraphModel(io.fromMemory(artifacts));
  } catch (cause) {
    throw badModel(where, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function probe(
  model: GraphModel,
  options: { input: string; output: string; size: readonly number[]; where: string },
): readonly number[] {
  const { input, output, size, where } = options;
  try {
    return tidy(
      () => (model.execute({ [input]: zeros(size as [number, number, number, number]) }, output) as Tensor).shape,
    );
  } catch (cause) {
    model.dispose();
    throw runError(cause, where);
  }
}

/** What a failed run says: an operation the backend lacks, or a model that does not fit together. */
export function runError(cause: unknown, where: string): NearkinError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/not registered for backend|Unknown op|not supported|is not implemented/i.test(message))
    return new NearkinError('UNSUPPORTED_OP', `${where} cannot run here: ${message}`, { cause, details: { where } });
  return badModel(where, message, cause);
}
