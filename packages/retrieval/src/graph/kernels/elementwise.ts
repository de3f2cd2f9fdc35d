import { attr } from '../graph-def.js';
import { float, type KernelToNodes } from './node-spec.js';

const sameName =
  'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Identity IsFinite IsInf IsNan Log Log1p LogicalNot Neg Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Sqrt Square Tan Tanh';

const binary: Readonly<Record<string, string>> = {
  Add: 'AddV2',
  Atan2: 'Atan2',
  FloorDiv: 'FloorDiv',
  Maximum: 'Maximum',
  Minimum: 'Minimum',
  Mod: 'FloorMod',
  Multiply: 'Mul',
  Pow: 'Pow',
  RealDiv: 'RealDiv',
  SquaredDifference: 'SquaredDifference',
  Sub: 'Sub',
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterEqual',
  Less: 'Less',
  LessEqual: 'LessEqual',
  LogicalAnd: 'LogicalAnd',
  LogicalOr: 'LogicalOr',
  NotEqual: 'NotEqual',
};

/** tfjs kernel to GraphDef nodes: one number in, one number out. */
export const elementwise = new Map<string, KernelToNodes>([
  ...sameName
    .split(' ')
    .map((op): [string, KernelToNodes] => [op, (call) => [{ op, inputs: [call.input('x')], attr: call.type }]]),
  ...Object.entries(binary).map(([kernel, op]): [string, KernelToNodes] => [
    kernel,
    (call) => [{ op, inputs: [call.input('a'), call.input('b')], attr: call.type }],
  ]),
  ['AddN', (call) => [{ op: 'AddN', inputs: call.list(), attr: { ...call.type, N: attr.int(call.list().length) } }]],
  [
    'Cast',
    (call) => [
      {
        op: 'Cast',
        inputs: [call.input('x')],
        attr: { DstT: attr.type(call.dtype) },
      },
    ],
  ],
  [
    'ClipByValue',
    (call) => [
      {
        op: 'ClipByValue',
        inputs: [call.input('x'), float(call.attr('clipValueMin')), float(call.attr('clipValueMax'))],
        attr: call.type,
      },
    ],
  ],
  [
    'LeakyRelu',
    (call) => [
      { op: 'LeakyRelu', inputs: [call.input('x')], attr: { ...call.type, alpha: attr.float(call.attr('alpha')) } },
    ],
  ],
  ['LogSoftmax', (call) => lastAxis(call, 'axis', 'LogSoftmax')],
  ['Prelu', (call) => [{ op: 'Prelu', inputs: [call.input('x'), call.input('alpha')], attr: call.type }]],
  [
    'Select',
    (call) => [
      { op: 'SelectV2', inputs: [call.input('condition'), call.input('t'), call.input('e')], attr: call.type },
    ],
  ],
  ['Softmax', (call) => lastAxis(call, 'dim', 'Softmax')],
]);

function lastAxis(call: Parameters<KernelToNodes>[0], attribute: string, op: string): ReturnType<KernelToNodes> {
  const axis = call.attr<number>(attribute);
  const last = call.shape('logits').length - 1;
  if (axis !== -1 && axis !== last) throw call.unsupported(`runs along axis ${axis}, which is not the last one`);
  return [{ op, inputs: [call.input('logits')], attr: call.type }];
}
