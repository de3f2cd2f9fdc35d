import * as tf from '@tensorflow/tfjs';
import type { TrainingWeights } from '../fit/training-weights.js';
import type { DualEncoderLoss, DualEncoderMatches } from '../losses/dual-encoder-loss.js';
import type { DualTower, TowerBatch } from './dual-tower.js';

/** Part of a batch of one side. */
export interface Chunk {
  readonly tower: Pick<DualTower<never>, 'model' | 'table'>;
  readonly batch: TowerBatch;
  /** Of dropout: both passes drop the same. */
  readonly seed: number;
}

/** What the inputs' tables have to learn once the step is known to be sound. */
export interface DualStep {
  readonly loss: number;
  readonly allFinite: boolean;
  /** Moves the tables. @param factor of the schedule */
  learn(factor: number): void;
}

/**
 * Gathers the gradients of one batch in the weights.
 *
 * In more than one chunk a side, the batch is as large as it says for the loss and as small as its chunks for the
 * memory: all chunks are embedded without gradients, the loss gives the gradient of each embedding, and each chunk is
 * embedded again to carry it on to the weights. The result is that of one large batch, at one more forward pass.
 *
 * @source Gao, Zhang, Han and Callan, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup, 2021,
 *   section 3
 */
export async function dualGradients(run: {
  readonly images: readonly Chunk[];
  readonly texts: readonly Chunk[];
  readonly loss: DualEncoderLoss;
  readonly matches: DualEncoderMatches;
  readonly weights: TrainingWeights;
}): Promise<DualStep> {
  const { images, texts, loss, matches, weights } = run;
  const chunks = [...images, ...texts];
  const inputs = chunks.map(({ batch }) => (batch.rows ? tf.variable(batch.inputs) : batch.inputs));
  const learned = new Map<Chunk, Float32Array>();
  const forward = (chunk: Chunk) =>
    chunk.tower.model.forward(inputs[chunks.indexOf(chunk)]!, { training: true, seed: chunk.seed });
  const join = (list: readonly Chunk[]) => tf.concat(list.map(forward), 0) as tf.Tensor2D;
  const names = new Map(weights.list.map(({ weight }) => [weight.variable.name, weight.name]));
  let allFinite = true;

  /** Adds the gradients of some weights, and keeps those of inputs. */
  const take = async (grads: tf.NamedTensorMap, of: readonly Chunk[]) => {
    const own: Record<string, tf.Tensor> = {};
    for (const [key, gradient] of Object.entries(grads)) {
      const name = names.get(key);
      const chunk = of.find((one) => (inputs[chunks.indexOf(one)] as tf.Variable).name === key);
      if (name !== undefined) own[name] = gradient;
      else {
        if (chunk) learned.set(chunk, Float32Array.from(await gradient.data()));
        gradient.dispose();
      }
    }
    const areFinite = await weights.add(own);
    allFinite &&= areFinite;
  };
  const variablesOf = (list: readonly Chunk[]) => [
    ...new Set(list.flatMap(({ tower }) => tower.model.weights.map(({ variable }) => variable))),
    ...list.flatMap((chunk) => (chunk.batch.rows ? [inputs[chunks.indexOf(chunk)] as tf.Variable] : [])),
  ];
  const lossVariables = loss.weights.map(({ variable }) => variable);

  try {
    let value: tf.Scalar;
    if (images.length === 1 && texts.length === 1) {
      const found = tf.variableGrads(
        () => loss.compute(join(images), join(texts), matches),
        [...variablesOf(chunks), ...lossVariables],
      );
      value = found.value;
      await take(found.grads, chunks);
    } else {
      const rows = [images, texts].map((list) => tf.tidy(() => tf.variable(join(list))) as tf.Variable<tf.Rank.R2>);
      const [imageRows, textRows] = rows as [tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R2>];
      const found = tf.variableGrads(() => loss.compute(imageRows, textRows, matches), [...rows, ...lossVariables]);
      value = found.value;
      for (const [side, list] of [images, texts].entries()) {
        const wanted = found.grads[rows[side]!.name] as tf.Tensor2D;
        let from = 0;
        for (const chunk of list) {
          const count = chunk.batch.inputs.shape[0]!;
          const start = from;
          const { value: carried, grads } = tf.tidy(() =>
            tf.variableGrads(
              () => tf.sum(tf.mul(forward(chunk), tf.slice(wanted, [start, 0], [count, -1]))) as tf.Scalar,
              variablesOf([chunk]),
            ),
          );
          carried.dispose();
          await take(grads, [chunk]);
          from += count;
        }
      }
      const { [imageRows.name]: a, [textRows.name]: b, ...ofLoss } = found.grads;
      tf.dispose([a, b, ...rows]);
      await take(ofLoss, []);
    }
    const [number = Number.NaN] = await value.data();
    value.dispose();
    return {
      loss: number,
      allFinite: allFinite && Number.isFinite(number),
      learn(factor) {
        for (const list of [images, texts]) learnRows(list, learned, factor);
      },
    };
  } finally {
    tf.dispose(inputs);
    for (const { batch } of chunks) batch.inputs.dispose();
  }
}

/** One update of a side's table, whatever the chunks: a row that several of them sum moves once. */
function learnRows(chunks: readonly Chunk[], learned: ReadonlyMap<Chunk, Float32Array>, factor: number): void {
  const table = chunks[0]?.tower.table;
  if (!table) return;
  const gradient = new Float32Array(chunks.reduce((sum, chunk) => sum + learned.get(chunk)!.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    gradient.set(learned.get(chunk)!, at);
    at += learned.get(chunk)!.length;
  }
  table.bag.update(
    chunks.flatMap(({ batch }) => batch.rows!),
    gradient,
    table.learningRate * factor,
  );
}
