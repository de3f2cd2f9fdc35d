import type { GraphBuilder } from '../model/graph.js';
import { quantizeRows } from './int8-rows.js';

/** How rows or kernels are stored: four bytes a number, or one. */
export type WeightType = 'float32' | 'int8';

/**
 * Adds the match: `[batch, dim]` unit queries to `[batch, rows]`, the products with all rows.
 *
 * Int8 rows have a scale each. Runtimes differ in whether a FULLY_CONNECTED may have several scales, so the codes go
 * into it with the scale 1/127 and its outputs are multiplied by what is left of the rows' own scales: every runtime
 * that has the hybrid kernel (float inputs, int8 weights) can do that.
 *
 * @param options.bias added to the score of each row; undefined: nothing is
 */
export function matchRows(
  graph: GraphBuilder,
  query: number,
  options: {
    readonly rows: readonly Float32Array[];
    readonly dim: number;
    readonly weights: WeightType;
    readonly bias: Float32Array | undefined;
  },
): number {
  const { rows, dim, weights, bias } = options;
  const shape = [graph.shapeOf(query)[0]!, rows.length];
  const biasTensor = () => (bias ? graph.constant('nearkin/padding', [rows.length], bias) : -1);
  if (weights === 'float32') {
    const data = new Float32Array(rows.length * dim);
    rows.forEach((row, r) => {
      data.set(row, r * dim);
    });
    const matrix = graph.constant('nearkin/rows', [rows.length, dim], data);
    return graph.apply('FULLY_CONNECTED', [query, matrix, biasTensor()], { name: 'nearkin/cosines', shape });
  }
  const { codes, scales } = quantizeRows(rows, dim);
  const matrix = graph.tensor({
    name: 'nearkin/codes',
    shape: [rows.length, dim],
    type: 'int8',
    data: codes,
    scales: Float32Array.of(1 / 127),
  });
  const products = graph.apply(
    'FULLY_CONNECTED',
    [query, matrix, -1],
    { name: 'nearkin/products', shape },
    { version: hybridVersion },
  );
  const rest = graph.constant(
    'nearkin/scales',
    [rows.length],
    scales.map((scale) => scale * 127),
  );
  const cosines = graph.apply('MUL', [products, rest], { name: 'nearkin/cosines', shape });
  return bias ? graph.apply('ADD', [cosines, biasTensor()], { name: 'nearkin/counted', shape }) : cosines;
}

/** Of FULLY_CONNECTED with float inputs and int8 weights. */
const hybridVersion = 3;
