import { createRng, NearkinError } from '@nearkin/core';
import { GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Scores may differ by this much: the same kernels run, but batch normalisation and sums may be grouped otherwise. */
const tolerance = 1e-4;

/**
 * Runs a converted graph beside its model on pictures that the conversion has not seen, one and five at a time.
 *
 * @throws {NearkinError} `UNSUPPORTED_OP` when they disagree: a layer computes something outside of tfjs ops
 */
export async function checkGraph(model: LayersModel, artifacts: tf.io.ModelArtifacts): Promise<void> {
  const graph = new GraphModel(tf.io.fromMemory(artifacts));
  await graph.load();
  const rng = createRng(12);
  try {
    for (const batch of [1, 5]) {
      const shape = [batch, ...model.inputs[0]!.shape.slice(1)] as number[];
      const numbers = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * rng.uniform() - 1);
      const difference = tf.tidy(() => {
        const x = tf.tensor(numbers, shape);
        const expected = model.apply(x) as tf.Tensor;
        const received = graph.execute(x) as tf.Tensor;
        return tf.keep(tf.max(tf.abs(tf.sub(expected, received))));
      });
      const [largest = 0] = await difference.data();
      difference.dispose();
      // A NaN must fail too.
      if (!(largest <= tolerance))
        throw new NearkinError(
          'UNSUPPORTED_OP',
          `${model.name} as a graph differs from the model by ${largest}; a layer computes outside of tfjs ops, or keeps state.`,
          { details: { difference: largest, tolerance } },
        );
    }
  } catch (cause) {
    if (cause instanceof NearkinError) throw cause;
    throw new NearkinError(
      'UNSUPPORTED_OP',
      `${model.name} as a graph does not run: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  } finally {
    graph.dispose();
  }
}
