import { expect, test } from 'vitest';
import { renderReport } from '../render-report.js';

const loss = [4, 3, 2.5, 1];

/** Corners of the drawn lines: [x, y], y downwards. */
function lines(page: string): number[][][] {
  return [...page.matchAll(/<path class="line" d="M([^"]*)"/g)].map(([, path]) =>
    path!.split('L').map((point) => point.split(',').map(Number)),
  );
}

test('loss and measurements are drawn over steps', () => {
  const validations = [
    { step: 2, metrics: { apAtR: 0.25, 'hitRate@1': 0.5 } },
    { step: 4, metrics: { apAtR: 0.5, 'hitRate@1': Number.NaN } },
  ];
  const page = renderReport({ title: 'T', training: { loss, validations, remarks: ['All is <well>.'] } });
  expect([...page.matchAll(/<h2[^>]*>([^<]*)<\/h2>/g)].map(([, title]) => title)).toEqual(['Training']);
  const [drawn, apAtR, hitRate] = lines(page);
  expect(drawn).toHaveLength(4);
  // Falling losses go down the page, in equal steps to the right, in proportion to their values.
  const [xs, ys] = [drawn!.map(([x]) => x!), drawn!.map(([, y]) => y!)];
  expect(xs[2]! - xs[1]!).toBeCloseTo(xs[1]! - xs[0]!, 0);
  expect((ys[3]! - ys[2]!) / (ys[2]! - ys[1]!)).toBeCloseTo(3, 0);
  expect(apAtR).toHaveLength(2);
  expect(apAtR![1]![1]!).toBeLessThan(apAtR![0]![1]!);
  expect(hitRate).toHaveLength(1);
  expect(page).toContain('All is &lt;well&gt;.');
  expect(page).toMatch(/<th scope="row">4<\/th><td>50\.0(&nbsp;|\u00a0| )%<\/td><td>–<\/td>/);
});

test('one step, equal losses, broken ones and a thousand of them', () => {
  expect(lines(renderReport({ title: 'T', training: { loss: [2] } }))[0]).toHaveLength(1);
  const flat = lines(renderReport({ title: 'T', training: { loss: [1, 1, 1] } }))[0]!;
  expect(new Set(flat.map(([, y]) => y)).size).toBe(1);
  expect(lines(renderReport({ title: 'T', training: { loss: [3, Number.NaN, 1] } }))[0]).toHaveLength(2);
  const long = lines(
    renderReport({ title: 'T', training: { loss: Array.from({ length: 1000 }, (_, i) => 1 / (i + 1)) } }),
  )[0]!;
  expect(long).toHaveLength(300);
  expect(long.flat().every(Number.isFinite)).toBe(true);
  expect(() => renderReport({ title: 'T', training: { loss: [Number.NaN] } })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
