import { beforeAll, expect, it } from 'vitest';
import { lengthOf, lossAndGradients, noiseRows, tensorOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { normalizedSoftmaxLoss } from './normalized-softmax-loss.js';
import { supConLoss } from './sup-con-loss.js';
import { tripletLoss } from './triplet-loss.js';

beforeAll(() => startBackend('cpu'));

it('triplets of two large classes need no list of them', () => {
  // 300 x 149 x 150: 6.7 million triplets, of which a list of distances alone would take 54 MB twice.
  const rows = noiseRows(300, 2, 70);
  const labels = rows.map((_, i) => i % 2);
  const { value } = lossAndGradients(tripletLoss({ reduction: 'sum' }), rows, labels);
  let sum = 0;
  for (let a = 0; a < 300; a++)
    for (let p = a % 2; p < 300; p += 2)
      for (let n = 1 - (a % 2); n < 300; n += 2)
        if (p !== a) sum += Math.max(0, lengthOf(rows[a]!, rows[p]!) - lengthOf(rows[a]!, rows[n]!) + 0.2);
  expect(value / sum).toBeCloseTo(1, 6);
});

it('is the same on cpu in double precision and on wasm, where the backend multiplies', async () => {
  const rows = noiseRows(200, 64, 71);
  const labels = rows.map((_, i) => i % 50);
  const memory = noiseRows(400, 64, 72);
  const found = [];
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    const softmax = normalizedSoftmaxLoss({ classes: 500, dim: 64 });
    const embeddings = tensorOf(memory);
    const reference = { embeddings, targets: memory.map((_, i) => i % 50) };
    found.push([lossAndGradients(softmax, rows, labels), lossAndGradients(supConLoss(), rows, labels, { reference })]);
    embeddings.dispose();
    softmax.dispose();
  }
  const [cpu, wasm] = found;
  cpu!.forEach((one, i) => {
    expect(wasm![i]!.value).toBeCloseTo(one.value, 5);
    const largest = Math.max(...one.gradients[0]!.map(Math.abs));
    one.gradients[0]!.forEach((slope, at) => {
      expect(Math.abs(slope - wasm![i]!.gradients[0]![at]!)).toBeLessThan(2e-5 * largest);
    });
  });
});
