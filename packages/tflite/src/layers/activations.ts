import type { GraphBuilder } from '../model/graph.js';
import type { Conversion } from './conversion.js';

type Activate = (graph: GraphBuilder, tensor: number, name: string) => number;

const same =
  (op: 'RELU' | 'RELU6' | 'LOGISTIC' | 'TANH' | 'ELU' | 'HARD_SWISH' | 'EXP'): Activate =>
  (graph, tensor, name) =>
    graph.apply(op, [tensor], { name, shape: graph.shapeOf(tensor) });

/** A sum or product with one number. */
function withNumber(graph: GraphBuilder, op: 'ADD' | 'MUL', tensor: number, value: number): number {
  const constant = graph.constant(`number ${value}`, [], Float32Array.of(value));
  return graph.apply(op, [tensor, constant], { name: `${op.toLowerCase()} ${value}`, shape: graph.shapeOf(tensor) });
}

/** Activations by the names of Keras and tfjs. */
const activations: Readonly<Record<string, Activate>> = {
  linear: (_graph, tensor) => tensor,
  relu: same('RELU'),
  relu6: same('RELU6'),
  sigmoid: same('LOGISTIC'),
  tanh: same('TANH'),
  elu: same('ELU'),
  exponential: same('EXP'),
  hard_swish: same('HARD_SWISH'),
  hardSwish: same('HARD_SWISH'),
  softmax: (graph, tensor, name) => graph.apply('SOFTMAX', [tensor], { name, shape: graph.shapeOf(tensor) }),
  swish: (graph, tensor, name) => {
    const shape = graph.shapeOf(tensor);
    const gate = graph.apply('LOGISTIC', [tensor], { name: `${name}/gate`, shape });
    return graph.apply('MUL', [tensor, gate], { name, shape });
  },
  // As Keras and tfjs define it: 0.2 x + 0.5, cut to [0, 1].
  hard_sigmoid: (graph, tensor, name) => {
    const line = withNumber(graph, 'ADD', withNumber(graph, 'MUL', tensor, 0.2), 0.5);
    const shape = graph.shapeOf(tensor);
    const positive = graph.apply('RELU', [line], { name: `${name}/positive`, shape });
    const one = graph.constant('number 1', [], Float32Array.of(1));
    return graph.apply('MINIMUM', [positive, one], { name, shape });
  },
  softsign: (graph, tensor, name) => {
    const shape = graph.shapeOf(tensor);
    const size = graph.apply('ABS', [tensor], { name: `${name}/size`, shape });
    return graph.apply('DIV', [tensor, withNumber(graph, 'ADD', size, 1)], { name, shape });
  },
};
const aliases: Readonly<Record<string, string>> = { silu: 'swish', hardSigmoid: 'hard_sigmoid' };

/** Applies an activation by name. @throws {NearkinError} `UNSUPPORTED_OP` naming it and the layer */
export function activate({ graph, call, unsupported }: Conversion, tensor: number, activation: unknown): number {
  const name = String(activation ?? 'linear');
  const known = aliases[name] ?? name;
  if (!Object.hasOwn(activations, known)) throw unsupported(`has the activation ${JSON.stringify(name)}`);
  return activations[known]!(graph, tensor, call.where);
}
