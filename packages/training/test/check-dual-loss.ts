import { expect } from 'vitest';
import type { DualEncoderLoss, DualEncoderMatches } from '../src/index.js';
import { differences, differentiate, expectNear } from './check-loss.js';
import { startBackend } from './start-backend.js';

/** Checks a loss of pictures and texts on cpu and wasm against a formula in double precision and its differences. */
export async function checkDualLoss(check: {
  readonly make: () => DualEncoderLoss;
  readonly images: number[][];
  readonly texts: number[][];
  readonly matches?: DualEncoderMatches;
  readonly formula: (images: number[][], texts: number[][], weights: number[][]) => number;
}): Promise<void> {
  const { images, texts, formula } = check;
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    const loss = check.make();
    const start = loss.weights.map(({ variable }) => Array.from(variable.dataSync()));
    const got = differentiate(loss.weights, [images, texts], ([i, t]) => loss.compute(i!, t!, check.matches));
    const wanted = formula(images, texts, start);
    expect(Math.abs(got.value - wanted) / Math.max(1, Math.abs(wanted)), `${got.value}, wanted ${wanted}`).toBeLessThan(
      1e-6,
    );
    expectNear(
      got.gradients[0]!,
      differences(images, (moved) => formula(moved, texts, start)),
    );
    expectNear(
      got.gradients[1]!,
      differences(texts, (moved) => formula(images, moved, start)),
    );
    start.forEach((values, w) => {
      const slopes = differences([values], ([moved]) =>
        formula(images, texts, Object.assign([...start], { [w]: moved! })),
      );
      expectNear(got.weights[w]!, slopes);
    });
    loss.dispose();
  }
}
