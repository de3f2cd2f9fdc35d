import { attr } from '../graph-def.js';
import type { KernelCall, KernelToNodes, NodeSpec } from './node-spec.js';
import { previous } from './node-spec.js';

type Pad = 'same' | 'valid' | number | readonly (readonly [number, number])[];

/** Activations that tfjs fuses, and the ops that do the same alone. */
const activationOps: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

/** tfjs kernel to GraphDef nodes: convolutions, products and pooling. */
export const convolution = new Map<string, KernelToNodes>([
  ['Conv2D', (call) => [conv(call, 'Conv2D', windowAttrs(call))]],
  ['DepthwiseConv2dNative', (call) => [conv(call, 'DepthwiseConv2dNative', windowAttrs(call))]],
  [
    'FusedConv2D',
    (call) => fused(call, { plain: 'Conv2D', op: '_FusedConv2D', inputs: ['x', 'filter'], attrs: windowAttrs(call) }),
  ],
  [
    'FusedDepthwiseConv2D',
    (call) =>
      fused(call, {
        plain: 'DepthwiseConv2dNative',
        op: 'FusedDepthwiseConv2dNative',
        inputs: ['x', 'filter'],
        attrs: windowAttrs(call),
      }),
  ],
  [
    '_FusedMatMul',
    (call) => {
      const attrs = { transpose_a: flag(call, 'transposeA'), transpose_b: flag(call, 'transposeB') };
      // GraphDef's MatMul takes matrices alone; tfjs fuses products of any rank.
      const matrices = call.shape('a').length === 2 && call.shape('b').length === 2;
      if (matrices) return fused(call, { plain: 'MatMul', op: '_FusedMatMul', inputs: ['a', 'b'], attrs });
      const batched = { adj_x: flag(call, 'transposeA'), adj_y: flag(call, 'transposeB') };
      return fused(call, { plain: 'BatchMatMulV2', op: undefined, inputs: ['a', 'b'], attrs: batched });
    },
  ],
  [
    'BatchMatMul',
    (call) => [
      {
        op: 'BatchMatMulV2',
        inputs: [call.input('a'), call.input('b')],
        attr: { ...call.type, adj_x: flag(call, 'transposeA'), adj_y: flag(call, 'transposeB') },
      },
    ],
  ],
  ['MaxPool', (call) => pool(call, 'MaxPool')],
  ['AvgPool', (call) => pool(call, 'AvgPool')],
]);

function conv(call: KernelCall, op: string, attrs: Record<string, unknown>): NodeSpec {
  return { op, inputs: [call.input('x'), call.input('filter')], attr: { ...call.type, ...attrs } };
}

interface FusedNames {
  /** The op without bias and activation. */
  readonly plain: string;
  /** The op that has them, where GraphDef has one. */
  readonly op: string | undefined;
  readonly inputs: readonly string[];
  readonly attrs: Record<string, unknown>;
}

function fused(call: KernelCall, names: FusedNames): NodeSpec[] {
  const inputs = names.inputs.map((name) => call.input(name));
  const bias = call.optional('bias');
  const alpha = call.optional('preluActivationWeights');
  const activation = call.attr<string | undefined>('activation') ?? 'linear';
  const after = activation === 'linear' ? undefined : activationOps[activation];
  if (activation !== 'linear' && !after) throw call.unsupported(`fuses the activation ${activation}`);
  const leak =
    activation === 'leakyrelu' ? attr.float(call.attr<number | undefined>('leakyreluAlpha') ?? 0.2) : undefined;
  const attrs = { ...call.type, ...names.attrs };
  // Without a bias GraphDef cannot fuse an activation, and its depthwise op has no place for a leak.
  const canFuse = names.op && bias && !(leak && names.op === 'FusedDepthwiseConv2dNative');
  if (canFuse)
    return [
      {
        op: names.op!,
        inputs: [...inputs, bias, ...(alpha ? [alpha] : [])],
        attr: {
          ...attrs,
          fused_ops: attr.texts(['BiasAdd', ...(after ? [after] : [])]),
          num_args: attr.int(alpha ? 2 : 1),
          ...(leak ? { leakyrelu_alpha: leak } : {}),
        },
      },
    ];
  const out: NodeSpec[] = [{ op: names.plain, inputs, attr: attrs }];
  if (bias) out.push({ op: 'AddV2', inputs: [previous, bias], attr: call.type });
  if (after)
    out.push({
      op: after,
      inputs: [previous, ...(alpha ? [alpha] : [])],
      attr: { ...call.type, ...(leak ? { alpha: leak } : {}) },
    });
  return out;
}

function windowAttrs(call: KernelCall): Record<string, unknown> {
  const format = call.attr<string | undefined>('dataFormat') ?? 'NHWC';
  if (format !== 'NHWC') throw call.unsupported(`uses the data format ${format}`);
  const [strideY, strideX] = pair(call.attr('strides'));
  const [dilationY, dilationX] = pair(call.attr<number | [number, number] | undefined>('dilations') ?? 1);
  return {
    strides: attr.ints([1, strideY, strideX, 1]),
    dilations: attr.ints([1, dilationY, dilationX, 1]),
    data_format: attr.text('NHWC'),
    ...padding(call),
  };
}

function padding(call: KernelCall): Record<string, unknown> {
  const pad = call.attr<Pad>('pad');
  if (typeof pad === 'string') return { padding: attr.text(pad.toUpperCase()) };
  const sides = typeof pad === 'number' ? [0, 0, pad, pad, pad, pad, 0, 0] : pad.flat();
  return { padding: attr.text('EXPLICIT'), explicit_paddings: attr.ints(sides) };
}

function pool(call: KernelCall, op: string): NodeSpec[] {
  const pad = call.attr<Pad>('pad');
  if (typeof pad !== 'string' && !(pad === 0))
    throw call.unsupported('has explicit padding, which GraphDef pools lack');
  const [height, width] = pair(call.attr('filterSize'));
  const [strideY, strideX] = pair(call.attr('strides'));
  return [
    {
      op,
      inputs: [call.input('x')],
      attr: {
        ...call.type,
        ksize: attr.ints([1, height, width, 1]),
        strides: attr.ints([1, strideY, strideX, 1]),
        padding: attr.text(pad === 0 ? 'VALID' : pad.toUpperCase()),
        data_format: attr.text('NHWC'),
      },
    },
  ];
}

function pair(value: number | readonly number[]): [number, number] {
  return typeof value === 'number' ? [value, value] : [value[0]!, value[1] ?? value[0]!];
}

function flag(call: KernelCall, name: string) {
  return attr.bool(call.attr<boolean | undefined>(name) ?? false);
}
