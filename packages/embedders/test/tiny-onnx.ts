/** Writes ONNX files by hand: as much of the protocol buffers as tiny models need. */

type Part = number[];

const varint = (value: number): Part => {
  const out: Part = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) return [...out, Number(rest)];
    out.push(Number(rest & 127n) | 128);
  }
};
const number = (field: number, value: number): Part => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, content: ArrayLike<number>): Part => [
  ...varint((field << 3) | 2),
  ...varint(content.length),
  ...Array.from(content),
];
const text = (field: number, value: string): Part => bytes(field, new TextEncoder().encode(value));

const float = 1;
const int64 = 7;

interface TinyNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Whole numbers, or lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface TinyGraph {
  /** Shapes by name; a text is an open side. */
  readonly inputs: Readonly<Record<string, { type: 'float' | 'int64'; shape: readonly (number | string)[] }>>;
  readonly output: { name: string; shape: readonly (number | string)[] };
  readonly constants?: Readonly<
    Record<string, { shape: readonly number[]; floats?: readonly number[]; ints?: readonly number[] }>
  >;
  readonly nodes: readonly TinyNode[];
}

/** @source https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, version 8 */
export function tinyOnnx(graph: TinyGraph): Uint8Array {
  const value = (name: string, type: number, shape: readonly (number | string)[]): Part => {
    const sides = shape.flatMap((side) => bytes(1, typeof side === 'number' ? number(1, side) : text(2, side)));
    return [...text(1, name), ...bytes(2, bytes(1, [...number(1, type), ...bytes(2, sides)]))];
  };
  const node = ({ op, inputs, output, attributes = {} }: TinyNode): Part => [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(3, output),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, entry]) =>
      bytes(5, [
        ...text(1, name),
        ...(typeof entry === 'number'
          ? [...number(3, entry), ...number(20, 2)]
          : [...entry.flatMap((one) => number(8, one)), ...number(20, 7)]),
      ]),
    ),
  ];
  const tensor = ([name, { shape, floats, ints }]: [string, NonNullable<TinyGraph['constants']>[string]]): Part => {
    const raw = floats ? Float32Array.from(floats) : BigInt64Array.from((ints ?? []).map(BigInt));
    return [
      ...shape.flatMap((side) => number(1, side)),
      ...number(2, floats ? float : int64),
      ...text(8, name),
      ...bytes(9, new Uint8Array(raw.buffer)),
    ];
  };
  const content = [
    ...graph.nodes.flatMap((one) => bytes(1, node(one))),
    ...text(2, 'tiny'),
    ...Object.entries(graph.constants ?? {}).flatMap((entry) => bytes(5, tensor(entry))),
    ...Object.entries(graph.inputs).flatMap(([name, { type, shape }]) =>
      bytes(11, value(name, type === 'float' ? float : int64, shape)),
    ),
    ...bytes(12, value(graph.output.name, float, graph.output.shape)),
  ];
  return Uint8Array.from([...number(1, 8), ...bytes(7, content), ...bytes(8, [...text(1, ''), ...number(2, 13)])]);
}
