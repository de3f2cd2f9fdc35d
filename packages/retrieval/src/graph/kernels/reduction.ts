import { attr } from '../graph-def.js';
import { int, ints, type KernelCall, type KernelToNodes } from './node-spec.js';

/** tfjs kernel to GraphDef nodes: many numbers to fewer, and normalisation. */
export const reduction = new Map<string, KernelToNodes>([
  ...['Mean', 'Sum', 'Min', 'Prod', 'All', 'Any'].map((op): [string, KernelToNodes] => [
    op,
    (call) => reduce(call, op, call.attr('axis')),
  ]),
  ['Max', (call) => reduce(call, 'Max', call.attr('reductionIndices'))],
  ...['ArgMax', 'ArgMin'].map((op): [string, KernelToNodes] => [
    op,
    (call) => [{ op, inputs: [call.input('x'), int(call.attr('axis'))], attr: call.type }],
  ]),
  [
    'Cumsum',
    (call) => [
      {
        op: 'Cumsum',
        inputs: [call.input('x'), int(call.attr('axis'))],
        attr: {
          ...call.type,
          exclusive: attr.bool(call.attr('exclusive')),
          reverse: attr.bool(call.attr('reverse')),
        },
      },
    ],
  ],
  [
    'FusedBatchNorm',
    (call) => {
      const channels = call.shape('mean').at(-1)!;
      // A mean for each row (layer normalisation) has four axes, and the rest must have as many.
      const shape = call.shape('mean').map((_, axis, { length }) => (axis === length - 1 ? channels : 1));
      const all = (value: number) =>
        ({
          kind: 'inline',
          dtype: 'float32',
          shape,
          values: new Array<number>(channels).fill(value),
        }) as const;
      const inputs = [
        call.input('x'),
        call.optional('scale') ?? all(1),
        call.optional('offset') ?? all(0),
        call.input('mean'),
        call.input('variance'),
      ];
      const epsilon = attr.float(call.attr('varianceEpsilon'));
      return [
        {
          op: 'FusedBatchNormV3',
          inputs,
          attr: { ...call.type, epsilon, is_training: attr.bool(false), data_format: attr.text('NHWC') },
        },
      ];
    },
  ],
  [
    'LRN',
    (call) => [
      {
        op: 'LRN',
        inputs: [call.input('x')],
        attr: {
          ...call.type,
          depth_radius: attr.int(call.attr('depthRadius')),
          bias: attr.float(call.attr('bias')),
          alpha: attr.float(call.attr('alpha')),
          beta: attr.float(call.attr('beta')),
        },
      },
    ],
  ],
  [
    'TopK',
    (call) => [
      {
        op: 'TopKV2',
        inputs: [call.input('x'), int(call.attr('k'))],
        attr: { ...call.type, sorted: attr.bool(call.attr('sorted')) },
      },
    ],
  ],
]);

function reduce(call: KernelCall, op: string, axis: number | readonly number[] | null): ReturnType<KernelToNodes> {
  const rank = call.shape('x').length;
  const axes = axis === null || axis === undefined ? Array.from({ length: rank }, (_, i) => i) : [axis].flat();
  const positive = (axes as number[]).map((value) => (value < 0 ? value + rank : value));
  return [
    {
      op,
      inputs: [call.input('x'), ints(positive)],
      attr: { ...call.type, Tidx: attr.type('int32'), keep_dims: attr.bool(call.attr('keepDims') ?? false) },
    },
  ];
}
