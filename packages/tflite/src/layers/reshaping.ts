import { assertChannelsLast, type Conversion, type Converter, onlyInput } from './conversion.js';

export const flatten: Converter = (conversion) => {
  const { shape } = onlyInput(conversion);
  return reshapeTo(conversion, [shape[0]!, shape.slice(1).reduce((a, b) => a * b, 1)]);
};

export const reshape: Converter = (conversion) => {
  const { call, unsupported } = conversion;
  const { shape } = onlyInput(conversion);
  const target = call.config['target_shape'];
  if (!Array.isArray(target) || !target.every((side) => side === null || Number.isSafeInteger(side)))
    throw unsupported(`has target_shape ${JSON.stringify(target)}`);
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  const sides = target.map((side: number | null) => side ?? -1);
  const known = sides.filter((side) => side >= 0).reduce((a, b) => a * b, 1);
  const filled = sides.map((side) => (side < 0 ? size / known : side));
  if (filled.reduce((a, b) => a * b, 1) !== size || !filled.every(Number.isInteger))
    throw unsupported(`cannot make [${target.join(', ')}] of [${shape.join(', ')}]`);
  return reshapeTo(conversion, [shape[0]!, ...filled]);
};

export const zeroPadding: Converter = (conversion) => {
  assertChannelsLast(conversion);
  const { graph, call, unsupported } = conversion;
  const { tensor, shape } = onlyInput(conversion);
  const given = call.config['padding'] ?? 1;
  const [rows, columns] = (Array.isArray(given) ? given : [given, given]).map((side: unknown) =>
    Array.isArray(side) ? side : [side, side],
  ) as [number[], number[]];
  const sides = [rows, columns];
  if (shape.length !== 4 || !sides.flat().every((n) => Number.isSafeInteger(n) && n >= 0) || sides.flat().length !== 4)
    throw unsupported(`has padding ${JSON.stringify(given)}`);
  const [top, bottom, left, right] = sides.flat() as [number, number, number, number];
  const amounts = graph.constant(`${call.where}/padding`, [4, 2], Int32Array.of(0, 0, top, bottom, left, right, 0, 0));
  const out = [shape[0]!, shape[1]! + top + bottom, shape[2]! + left + right, shape[3]!];
  return graph.apply('PAD', [tensor, amounts], { name: call.where, shape: out });
};

function reshapeTo(conversion: Conversion, shape: readonly number[]): number {
  const { graph, call } = conversion;
  const { tensor } = onlyInput(conversion);
  const target = [-1, ...shape.slice(1)];
  const constant = graph.constant(`${call.where}/shape`, [shape.length], Int32Array.from(target));
  return graph.apply('RESHAPE', [tensor, constant], { name: call.where, shape }, { shape: target });
}
