import { createRequire } from 'node:module';

const tf = createRequire(import.meta.url)('@tensorflow/tfjs');

/** A linear model of tests that leaves its thread, or throws, when a batch says so with its first number. */
export default function build({ side, dim }) {
  const variable = tf.variable(tf.ones([side, dim]));
  return {
    architecture: { kind: 'dying', side, dim },
    dim,
    weights: [{ name: 'kernel', variable }],
    forward(inputs) {
      const first = inputs.dataSync()[0];
      if (first === 666) process.exit(3);
      if (first === 13) throw new Error('an unlucky batch');
      return tf.matMul(inputs, variable);
    },
    dispose: () => variable.dispose(),
  };
}
