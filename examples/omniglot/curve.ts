/** One line of a net's log. */
interface LogLine {
  readonly tower: number;
  readonly step: number;
  readonly loss?: number;
  readonly validation?: Readonly<Record<string, number>>;
}

const size = { width: 720, height: 360, left: 56, right: 56, top: 24, bottom: 44 };
const colors = ['#1b6ca8', '#c2571a', '#3a7d44', '#7b4b94'];

/**
 * Draws loss (thin, left axis, logarithmic) and, where a run was validated, the error of 20-way 1-shot episodes (thick,
 * right axis, logarithmic) over steps, a colour for each net.
 *
 * @param logs a line of JSON for each report
 * @returns SVG
 */
export function drawCurve(logs: readonly string[]): string {
  const runs = logs.map((log) =>
    log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine),
  );
  const lastStep = Math.max(1, ...runs.flat().map(({ step }) => step));
  const losses = runs.map((run) => smooth(run.flatMap(({ step, loss }) => (loss === undefined ? [] : [[step, loss]]))));
  const errors = runs.map((run) =>
    run.flatMap(({ step, validation }) => (validation ? [[step, 100 - (validation['20-way 1-shot'] ?? 0)]] : [])),
  ) as Point[][];
  const x = (step: number) => size.left + (step / lastStep) * (size.width - size.left - size.right);
  const y = (value: number, [low, high]: readonly [number, number]) => {
    const share = Math.log(Math.max(value, low) / low) / Math.log(high / low);
    return size.height - size.bottom - share * (size.height - size.top - size.bottom);
  };
  const lossRange = [0.01, 20] as const;
  const errorRange = [1, 100] as const;
  const line = (points: readonly Point[], range: readonly [number, number]) =>
    points.map(([step, value]) => `${x(step).toFixed(1)},${y(value, range).toFixed(1)}`).join(' ');
  const ticks = (range: readonly [number, number], values: readonly number[], side: 'left' | 'right') =>
    values.map((value) => {
      const at = y(value, range).toFixed(1);
      const place = side === 'left' ? `x="${size.left - 8}" text-anchor="end"` : `x="${size.width - size.right + 8}"`;
      return `<text ${place} y="${at}" dy="4">${value}${side === 'right' ? ' %' : ''}</text>`;
    });
  const steps = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * lastStep));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<path d="M${size.left} ${size.top}V${size.height - size.bottom}H${size.width - size.right}V${size.top}" fill="none" stroke="#999"/>`,
    ...ticks(lossRange, [0.01, 0.1, 1, 10], 'left'),
    ...(errors.some((points) => points.length > 0) ? ticks(errorRange, [1, 3, 10, 30, 100], 'right') : []),
    ...steps.map((step) => `<text x="${x(step)}" y="${size.height - 24}" text-anchor="middle">${step}</text>`),
    `<text x="${size.width / 2}" y="${size.height - 6}" text-anchor="middle">step of 128 drawings; thin: loss (left), thick: error of 20-way 1-shot on unseen characters (right)</text>`,
    ...losses.map(
      (points, i) =>
        `<polyline points="${line(points, lossRange)}" fill="none" stroke="${colors[i % colors.length]}" stroke-width="1"/>`,
    ),
    ...errors.map(
      (points, i) =>
        `<polyline points="${line(points, errorRange)}" fill="none" stroke="${colors[i % colors.length]}" stroke-width="3"/>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

type Point = readonly [step: number, value: number];

/** Means of five neighbours: single batches jump. */
function smooth(points: readonly (readonly number[])[]): Point[] {
  return points.map(([step], i) => {
    const near = points.slice(Math.max(0, i - 2), i + 3).map((point) => point[1]!);
    return [step!, near.reduce((a, b) => a + b, 0) / near.length];
  });
}
