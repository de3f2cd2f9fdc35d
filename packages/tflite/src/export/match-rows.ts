import type { GraphBuilder } from '../model/graph.js';
import { quantizeRows } from './int8-rows.js';

/** How rows or kernels are stored: four bytes a number, or one. */
export type WeightType = 'float32' | 'int8';

/**
 * Adds the match: `[batch, dim]` unit queries to `[batch, rows]`, the products with all rows.
 *
 * Int8 rows have a scale each. Runtimes differ in whether a constant may have several scales, so the codes have the
 * scale 1/127 and the products are multiplied by what is left of the rows' own scales. The codes become floats when the
 * model is opened: the kernel that multiplies floats with codes would round the query to a byte a number too, and with
 * that move the scores by 0.001, which is enough to change a decision between two classes that are that close.
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
  const small = graph.tensor({
    name: 'nearkin/codes',
    shape: [rows.length, dim],
    type: 'int8',
    data: codes,
    scales: Float32Array.of(1 / 127),
  });
  const matrix = graph.apply(
    'DEQUANTIZE',
    [small],
    { name: 'nearkin/rows', shape: [rows.length, dim] },
    { version: int8Version },
  );
  const products = graph.apply('FULLY_CONNECTED', [query, matrix, -1], { name: 'nearkin/products', shape });
  const rest = graph.constant(
    'nearkin/scales',
    [rows.length],
    scales.map((scale) => scale * 127),
  );
  const cosines = graph.apply('MUL', [products, rest], { name: 'nearkin/cosines', shape });
  return bias ? graph.apply('ADD', [cosines, biasTensor()], { name: 'nearkin/counted', shape }) : cosines;
}

/** Of DEQUANTIZE with int8 inputs. */
const int8Version = 2;
