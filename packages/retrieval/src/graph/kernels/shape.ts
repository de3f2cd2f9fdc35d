import { attr } from '../graph-def.js';
import { float, int, ints, type KernelToNodes, type NodeSpec } from './node-spec.js';

/** tfjs kernel to GraphDef nodes: numbers that move. */
export const shape = new Map<string, KernelToNodes>([
  [
    'Reshape',
    (call) => {
      const target = call.attr<number[]>('shape', { dynamic: true });
      if (target.filter((size) => size === -1).length > 1)
        throw call.unsupported(`depends on the batch size in more than one dimension (${target.join(', ')})`);
      return [{ op: 'Reshape', inputs: [call.input('x'), ints(target)], attr: call.type }];
    },
  ],
  [
    'ExpandDims',
    (call) => [{ op: 'ExpandDims', inputs: [call.input('input'), int(call.attr('dim'))], attr: call.type }],
  ],
  ['Transpose', (call) => [{ op: 'Transpose', inputs: [call.input('x'), ints(call.attr('perm'))], attr: call.type }]],
  [
    'Concat',
    (call) => {
      const inputs = call.list();
      return [
        {
          op: 'ConcatV2',
          inputs: [...inputs, int(call.attr('axis'))],
          attr: { ...call.type, N: attr.int(inputs.length) },
        },
      ];
    },
  ],
  [
    'Pack',
    (call) => {
      const inputs = call.list();
      return [
        { op: 'Pack', inputs, attr: { ...call.type, N: attr.int(inputs.length), axis: attr.int(call.attr('axis')) } },
      ];
    },
  ],
  [
    'Unpack',
    (call) => {
      const axis = call.attr<number>('axis');
      if (axis === 0) throw call.unsupported('takes the batch apart');
      return [{ op: 'Unpack', inputs: [call.input('value')], attr: { ...call.type, axis: attr.int(axis) } }];
    },
  ],
  [
    'SplitV',
    (call) => {
      const axis = call.attr<number>('axis');
      const given = call.attr<number | number[]>('numOrSizeSplits');
      const size = call.shape('x').at(axis)!;
      const sizes = typeof given === 'number' ? new Array<number>(given).fill(size / given) : given;
      return [
        {
          op: 'SplitV',
          inputs: [call.input('x'), ints(sizes), int(axis)],
          attr: { ...call.type, num_split: attr.int(sizes.length) },
        },
      ];
    },
  ],
  [
    'Slice',
    (call) => {
      const begin = call.attr<number[]>('begin');
      // A size that follows the batch was merged to -1, "to the end": right where the slice begins at 0.
      const size = call.attr<number[]>('size', { dynamic: true });
      if (size.some((value, i) => value === -1 && i === 0 && begin[0] !== 0))
        throw call.unsupported('cuts pictures out of the batch');
      return [{ op: 'Slice', inputs: [call.input('x'), ints(begin), ints(size)], attr: call.type }];
    },
  ],
  [
    'GatherV2',
    (call) => [
      {
        op: 'GatherV2',
        inputs: [call.input('x'), call.input('indices'), int(call.attr('axis'))],
        attr: { Tparams: attr.type(call.dtype), batch_dims: attr.int(call.attr('batchDims') ?? 0) },
      },
    ],
  ],
  ['Reverse', (call) => [{ op: 'ReverseV2', inputs: [call.input('x'), ints(call.attr('dims'))], attr: call.type }]],
  ['Tile', (call) => [{ op: 'Tile', inputs: [call.input('x'), ints(call.attr('reps'))], attr: call.type }]],
  [
    'PadV2',
    (call) => [
      {
        op: 'PadV2',
        inputs: [call.input('x'), pairs(call.attr('paddings')), float(call.attr('constantValue') ?? 0)],
        attr: call.type,
      },
    ],
  ],
  [
    'MirrorPad',
    (call) => [
      {
        op: 'MirrorPad',
        inputs: [call.input('x'), pairs(call.attr('paddings'))],
        attr: { ...call.type, mode: attr.text(call.attr<string>('mode').toUpperCase()) },
      },
    ],
  ],
  ...(
    [
      ['SpaceToBatchND', 'paddings'],
      ['BatchToSpaceND', 'crops'],
    ] as const
  ).map(([op, margins]): [string, KernelToNodes] => [
    op,
    (call) => [
      { op, inputs: [call.input('x'), ints(call.attr('blockShape')), pairs(call.attr(margins))], attr: call.type },
    ],
  ]),
  [
    'DepthToSpace',
    (call) => [
      {
        op: 'DepthToSpace',
        inputs: [call.input('x')],
        attr: { ...call.type, block_size: attr.int(call.attr('blockSize')), data_format: attr.text('NHWC') },
      },
    ],
  ],
  ...['ResizeBilinear', 'ResizeNearestNeighbor'].map((op): [string, KernelToNodes] => [
    op,
    (call): NodeSpec[] => [
      {
        op,
        inputs: [call.input('images'), ints(call.attr('size'))],
        attr: {
          ...call.type,
          align_corners: attr.bool(call.attr('alignCorners') ?? false),
          half_pixel_centers: attr.bool(call.attr('halfPixelCenters') ?? false),
        },
      },
    ],
  ]),
]);

function pairs(values: readonly (readonly [number, number])[]) {
  return ints(values.flat(), [values.length, 2]);
}
