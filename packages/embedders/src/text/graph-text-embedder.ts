import {
  createVectors,
  type EmbedOptions,
  l2Normalize,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import { io, type NamedTensorMap, type Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { host } from '#picture-host';
import { disposedError } from '../image/disposed-error.js';
import { parseGraphTopology } from '../models/graph-topology.js';
import { runError } from '../models/load-graph.js';
import { hashIdentity } from '../models/model-identity.js';
import { badModel } from '../models/weight-specs.js';
import { checkText, type TextEmbedder, type TextGraphSettings } from './text-embedder.js';
import { createTextTokenizer, type TextTokenizer, type TokenizerFiles } from './text-tokenizer.js';

export interface GraphTextOptions {
  readonly tokenizer: TokenizerFiles;
  readonly settings?: Partial<TextGraphSettings> | undefined;
  readonly id?: string | undefined;
  readonly batchSize?: number | undefined;
  readonly where: string;
}

/** Names of the graph's inputs by what they are. */
type Inputs =
  | { readonly kind: 'sparse'; readonly indices: string; readonly values: string }
  | {
      readonly kind: 'dense';
      readonly ids: string;
      readonly mask: string | undefined;
      readonly types: string | undefined;
    };

/**
 * Makes an embedder of texts of a GraphModel and its tokenizer. Which inputs get what is told from their names:
 * `indices` and `values`, or ids, mask and types.
 *
 * @throws {NearkinError} `BAD_MODEL`, `UNSUPPORTED_OP`, `BACKEND_UNAVAILABLE`
 */
export async function createGraphTextEmbedder(
  artifacts: io.ModelArtifacts,
  options: GraphTextOptions,
): Promise<TextEmbedder> {
  const { where, batchSize = 32 } = options;
  await host.ensureBackend();
  const topology = parseGraphTopology(artifacts, where);
  const inputs = findInputs(
    [...topology.nodes.values()].filter(({ op }) => op.startsWith('Placeholder')),
    where,
  );
  const output = options.settings?.output ?? onlyOutput(topology.outputs, where);
  const settings: TextGraphSettings = Object.freeze({
    inputs: inputs.kind,
    output,
    pooling: options.settings?.pooling ?? 'mean',
    normalize: options.settings?.normalize ?? true,
    maxTokens: options.settings?.maxTokens ?? 256,
  });
  const tokenizer = await createTextTokenizer(options.tokenizer, where);
  const model = await loadGraphModel(io.fromMemory(artifacts)).catch((cause: unknown) => {
    throw badModel(where, cause instanceof Error ? cause.message : String(cause), cause);
  });
  let dim: number;
  try {
    dim = (await run(model, [[0]], { inputs, settings, where })).dim;
  } catch (error) {
    model.dispose();
    throw error;
  }
  const facts = { settings, topology: artifacts.modelTopology, weights: artifacts.weightSpecs };
  const id =
    options.id ??
    hashIdentity(`text-${dim}`, facts, [
      new TextEncoder().encode(JSON.stringify(options.tokenizer)),
      new Uint8Array(artifacts.weightData as ArrayBuffer),
    ]);
  let disposed = false;
  const dispose = () => {
    if (!disposed) model.dispose();
    disposed = true;
  };
  // Rows that a model pads without being told would change with their neighbours.
  const atOnce = inputs.kind === 'dense' && inputs.mask === undefined ? 1 : batchSize;
  return Object.freeze({
    id,
    dim,
    model: { kind: 'graph', artifacts, tokenizer: options.tokenizer, settings } as const,
    async embed(batch: readonly string[], { signal }: EmbedOptions = {}): Promise<Vectors> {
      const tokens = batch.map((text) => encode(tokenizer, checkText(text), settings.maxTokens));
      const saying = tokens.flatMap((ids, row) => (ids.length > 0 ? [row] : []));
      const out = new Float32Array(batch.length * dim);
      for (let from = 0; from < saying.length; from += atOnce) {
        if (disposed) throw disposedError();
        throwIfAborted(signal);
        const some = saying.slice(from, from + atOnce);
        const rows = await run(
          model,
          some.map((row) => tokens[row]!),
          { inputs, settings, where },
        );
        some.forEach((row, i) => {
          out.set(rows.data.subarray(i * dim, (i + 1) * dim), row * dim);
        });
      }
      if (disposed) throw disposedError();
      throwIfAborted(signal);
      const vectors = createVectors(out, dim);
      return settings.normalize ? l2Normalize(vectors) : vectors;
    },
    dispose,
    [Symbol.dispose]: dispose,
  });
}

function encode(tokenizer: TextTokenizer, text: string, maxTokens: number): number[] {
  const ids = tokenizer.encode(text);
  if (ids.length <= maxTokens) return ids;
  // The mark at the end stays at the end.
  return [...ids.slice(0, maxTokens - 1), ids.at(-1)!];
}

async function run(
  model: GraphModel,
  tokens: readonly (readonly number[])[],
  { inputs, settings, where }: { inputs: Inputs; settings: TextGraphSettings; where: string },
): Promise<Vectors> {
  const length = Math.max(...tokens.map((ids) => ids.length));
  const feeds = inputs.kind === 'sparse' ? sparseFeeds(inputs, tokens) : denseFeeds(inputs, tokens, length);
  let output: Tensor;
  try {
    output = await execute(model, feeds, settings.output);
  } catch (cause) {
    throw runError(cause, where);
  } finally {
    for (const feed of Object.values(feeds)) feed.dispose();
  }
  try {
    const { shape } = output;
    const values = (await output.data()) as Float32Array;
    if (shape.length === 2 && shape[0] === tokens.length) return createVectors(values, shape[1]!);
    if (shape.length === 3 && shape[0] === tokens.length && shape[1]! >= length)
      return pool(values, { tokens, padded: shape[1]!, dim: shape[2]!, pooling: settings.pooling });
    throw badModel(where, `its output ${settings.output} has shape [${shape.join(', ')}], expected [texts, dim]`);
  } finally {
    output.dispose();
  }
}

/** tfjs runs graphs with loops or open shapes only asynchronously, and complains of others that are run so. */
async function execute(model: GraphModel, feeds: NamedTensorMap, output: string): Promise<Tensor> {
  try {
    return tidy(() => model.execute(feeds, output) as Tensor);
  } catch (error) {
    if (!/executeAsync/.test(String(error))) throw error;
    return (await model.executeAsync(feeds, output)) as Tensor;
  }
}

function sparseFeeds(
  { indices, values }: Inputs & { kind: 'sparse' },
  tokens: readonly (readonly number[])[],
): NamedTensorMap {
  const places = tokens.flatMap((ids, row) => ids.map((_, column) => [row, column]));
  return {
    [indices]: tensor2d(places.flat(), [places.length, 2], 'int32'),
    [values]: tensor1d(tokens.flat(), 'int32'),
  };
}

function denseFeeds(
  { ids, mask, types }: Inputs & { kind: 'dense' },
  tokens: readonly (readonly number[])[],
  length: number,
): NamedTensorMap {
  const table = (value: (row: readonly number[], column: number) => number) =>
    tensor2d(
      tokens.flatMap((row) => Array.from({ length }, (_, column) => value(row, column))),
      [tokens.length, length],
      'int32',
    );
  return {
    [ids]: table((row, column) => row[column] ?? 0),
    ...(mask === undefined ? {} : { [mask]: table((row, column) => (column < row.length ? 1 : 0)) }),
    ...(types === undefined ? {} : { [types]: table(() => 0) }),
  };
}

function pool(
  values: Float32Array,
  options: { tokens: readonly (readonly number[])[]; padded: number; dim: number; pooling: 'mean' | 'first' },
): Vectors {
  const { tokens, padded, dim, pooling } = options;
  const out = new Float32Array(tokens.length * dim);
  tokens.forEach((ids, row) => {
    const count = pooling === 'first' ? 1 : ids.length;
    for (let t = 0; t < count; t++)
      for (let j = 0; j < dim; j++) out[row * dim + j]! += values[(row * padded + t) * dim + j]! / count;
  });
  return createVectors(out, dim);
}

function findInputs(nodes: readonly { name: string }[], where: string): Inputs {
  const names = nodes.map(({ name }) => name);
  const find = (pattern: RegExp) => names.find((name) => pattern.test(name));
  const [indices, values] = [find(/indices/i), find(/values/i)];
  if (indices !== undefined && values !== undefined) return { kind: 'sparse', indices, values };
  const mask = find(/mask/i);
  const types = find(/type|segment/i);
  const ids = names.find((name) => name !== mask && name !== types);
  if (ids === undefined || names.length > 3)
    throw badModel(where, `expected the inputs indices and values, or ids, mask and types, got ${names.join(', ')}`);
  return { kind: 'dense', ids, mask, types };
}

function onlyOutput(outputs: readonly string[], where: string): string {
  const [output, ...more] = outputs;
  if (output === undefined || more.length > 0)
    throw new NearkinError(
      'UNKNOWN_LAYER',
      `${where} has ${outputs.length} outputs; choose the embedding with output: ${outputs.join(', ')}.`,
      { details: { candidates: outputs } },
    );
  return output;
}
