import { expect, it } from 'vitest';
import { calibrateUnknown } from './calibrate-unknown.js';

/** Rows of two numbers, by their angle in degrees. */
function rows(angles: readonly (readonly [label: string, degrees: number])[]) {
  const data = Float32Array.from(
    angles.flatMap(([, a]) => [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]),
  );
  return { data, dim: 2, ids: angles.map((_, i) => String(i)), labels: angles.map(([label]) => label) };
}
const cos = (degrees: number) => Math.cos((degrees * Math.PI) / 180);

it('lies between albums that are far apart and their own pictures', () => {
  // Own pictures are 10 degrees apart, the albums at least 50.
  const found = calibrateUnknown(
    rows([
      ['a', 0],
      ['a', 10],
      ['b', 60],
      ['b', 70],
    ]),
  );
  expect(found).toMatchObject({ objective: 'f1', pictures: 4 });
  expect(found!.threshold).toBeCloseTo((cos(10) + cos(50)) / 2, 5);
});

it('lets one foreign picture in four pass where every album has one picture', () => {
  // Nearest foreign pictures: 20 (a), 20 (b), 30 (c), 70 (d) degrees away.
  const found = calibrateUnknown(
    rows([
      ['a', 0],
      ['b', 20],
      ['c', 50],
      ['d', 120],
    ]),
  );
  expect(found!.objective).toBe('far');
  // Two are nearest at 20 degrees; one of four may pass, so neither does.
  expect(found!.threshold).toBeCloseTo(cos(20), 4);
  expect(found!.threshold).toBeGreaterThan(cos(20));
});

it('does not care how long vectors are, and needs two albums', () => {
  const { data, ...rest } = rows([
    ['a', 0],
    ['a', 10],
    ['b', 60],
  ]);
  const scaled = { ...rest, data: data.map((value, i) => value * (1 + Math.floor(i / 2))) };
  expect(calibrateUnknown(scaled)!.threshold).toBeCloseTo(calibrateUnknown({ ...rest, data })!.threshold, 6);
  expect(
    calibrateUnknown(
      rows([
        ['a', 0],
        ['a', 10],
      ]),
    ),
  ).toBeUndefined();
});
