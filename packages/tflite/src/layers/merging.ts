import type { OpName } from '../model/op-codes.js';
import type { Conversion, Converter } from './conversion.js';

/** Add, Multiply and kin: two or more tensors, number by number; sides of 1 are spread. */
export const merge =
  (op: OpName, options: { readonly mean?: boolean } = {}): Converter =>
  (conversion) => {
    const { graph, call, inputs, unsupported } = conversion;
    if (inputs.length < 2) throw unsupported(`reads ${inputs.length} tensors, expected at least two`);
    const sum = inputs.slice(1).reduce((total, input, i) => {
      const shape = broadcast(conversion, graph.shapeOf(total), graph.shapeOf(input));
      const isLast = i === inputs.length - 2 && !options.mean;
      return graph.apply(op, [total, input], { name: isLast ? call.where : `${call.where}/${i}`, shape });
    }, inputs[0]!);
    if (!options.mean) return sum;
    const share = graph.constant(`${call.where}/share`, [], Float32Array.of(1 / inputs.length));
    return graph.apply('MUL', [sum, share], { name: call.where, shape: graph.shapeOf(sum) });
  };

export const concatenate: Converter = ({ graph, call, inputs, unsupported }) => {
  const shapes = inputs.map((input) => graph.shapeOf(input));
  const [first] = shapes;
  if (!first) throw unsupported('reads nothing');
  const given = Number(call.config['axis'] ?? -1);
  const axis = given < 0 ? first.length + given : given;
  if (!(axis > 0 && axis < first.length)) throw unsupported(`joins along axis ${given}`);
  const fits = shapes.every(
    (shape) => shape.length === first.length && shape.every((n, i) => i === axis || n === first[i]),
  );
  if (!fits)
    throw unsupported(`joins shapes that differ: ${shapes.map((shape) => `[${shape.join(', ')}]`).join(', ')}`);
  const width = shapes.reduce((sum, shape) => sum + shape[axis]!, 0);
  return graph.apply(
    'CONCATENATION',
    inputs,
    { name: call.where, shape: first.map((n, i) => (i === axis ? width : n)) },
    { axis },
  );
};

function broadcast({ unsupported }: Conversion, a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length) throw unsupported(`merges [${a.join(', ')}] and [${b.join(', ')}]`);
  return a.map((side, i) => {
    const other = b[i]!;
    if (side !== other && side !== 1 && other !== 1)
      throw unsupported(`merges [${a.join(', ')}] and [${b.join(', ')}]`);
    return Math.max(side, other);
  });
}
