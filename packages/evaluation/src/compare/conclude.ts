import type { MetricComparison, RunComparison } from './compare-runs.js';

/** The verdict of a comparison in plain words: who is ahead, by how much, and how sure that is. */
export function conclude(comparison: Omit<RunComparison, 'conclusion'>): string {
  const { a, b, metrics, verdict, queries } = comparison;
  const decided = metrics.filter((entry) => entry.verdict !== 'undecided');
  const left = metrics.length - decided.length;
  if (verdict === 'undecided') return undecided(comparison);
  if (verdict === 'mixed') {
    const of = (side: 'a' | 'b') => decided.filter((entry) => entry.verdict === side).map((entry) => entry.metric);
    return `Neither is better throughout: ${a} is better in ${of('a').join(', ')}, ${b} in ${of('b').join(', ')}.`;
  }
  const [better, other] = verdict === 'a' ? [a, b] : [b, a];
  const details = decided.map((entry) => `in ${entry.metric} it is ${lead(entry, metrics.length)}`).join('; ');
  const rest = left === 0 ? '' : ` In ${left} of ${metrics.length} metrics the difference is within chance.`;
  return `${better} beats ${other}: ${details}, over ${queries} queries.${rest}`;
}

function undecided({ a, b, metrics, queries }: Omit<RunComparison, 'conclusion'>): string {
  const details = metrics.map((entry) => {
    if (entry.difference === null) return `${entry.metric} has no value in both`;
    if (entry.wins === 0 && entry.losses === 0) return `${entry.metric} is the same for every query`;
    const ahead =
      entry.difference === 0 ? 'they are level' : `${entry.difference > 0 ? a : b} is ${lead(entry, metrics.length)}`;
    return `in ${entry.metric} ${ahead}`;
  });
  return `No telling which of ${a} and ${b} is better from ${queries} queries: ${details.join('; ')}.`;
}

/** Seen from the run that is ahead, so that the interval begins with the less favourable end. */
function lead({ difference, low, high, adjustedPValue }: MetricComparison, metrics: number): string {
  const sign = difference! < 0 ? -1 : 1;
  const ends = [sign * low!, sign * high!].sort((x, y) => x - y);
  const adjusted = metrics > 1 ? 'adjusted ' : '';
  return `${points(sign * difference!)} points ahead (95 % interval ${points(ends[0]!)} to ${points(ends[1]!)}, ${adjusted}p ${chance(adjustedPValue!)})`;
}

/** Hundredths: a share of 0.217 less one of 0 is 21.7 points. */
function points(value: number): string {
  return (value * 100 + 0)
    .toFixed(1)
    .replace(/^-0\.0$/, '0.0')
    .replace('-', '\u2212');
}

function chance(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}
