import type { ClassifiedSample, ClassifierEvaluation } from '../classifier/evaluate-classifier.js';
import { proportion } from '../classifier/wilson-interval.js';
import type { ChartPoint } from './charts/line-chart.js';
import type { ReportClass } from './sections/classes-section.js';
import type { ReportCurve } from './sections/curve-section.js';
import type { ReportMetric } from './sections/metrics-section.js';
import type { ReportScores } from './sections/scores-section.js';

/** The metric table of a classifier. */
export function classifierMetrics(evaluation: ClassifierEvaluation): ReportMetric[] {
  const { top1, top5, macroTop1, perClass, unknown } = evaluation;
  const counted = (name: string, share: typeof top1): ReportMetric => ({
    name,
    value: share.value,
    low: share.low,
    high: share.high,
    note: `${share.correct} of ${share.total} pictures`,
  });
  return [
    counted('Top 1', top1),
    ...(top5 ? [counted('Top 5', top5)] : []),
    { name: 'Top 1, mean over classes', value: macroTop1, note: `${perClass.length} classes` },
    ...(unknown.outside > 0
      ? [counted('Unknown classes rejected', proportion(unknown.outsideRejected, unknown.outside))]
      : []),
  ];
}

/** The classes that have samples. */
export function classifierClasses({ perClass }: ClassifierEvaluation): ReportClass[] {
  return perClass.map(({ label, value, low, high, correct, total, precision }) => ({
    label,
    value,
    low,
    high,
    note: `${correct} of ${total}`,
    precision,
  }));
}

/** How often the true class is among the first k answers; null when too few answers were kept to draw it. */
export function classifierCurve(evaluation: ClassifierEvaluation): ReportCurve | null {
  const { samples } = evaluation;
  const depth = Math.min(evaluation.depth, 20);
  if (depth < 3) return null;
  const points = Array.from({ length: depth }, (_, i): ChartPoint => {
    const hits = samples.filter((s) => !s.rejected && s.rank !== null && s.rank <= i + 1).length;
    const { value, low, high } = proportion(hits, samples.length);
    return { x: i + 1, y: value ?? 0, low, high };
  });
  return {
    title: 'Answers in the top k',
    lead: 'How often the true class is among the first k answers. A curve that rises steeply means that the right class is near, and that better gallery pictures could bring it to the top.',
    series: [{ name: 'Top k', points }],
  };
}

/** Scores of first answers that were right and wrong, whether or not they were rejected. */
export function classifierScores(samples: readonly ClassifiedSample[], threshold: number | undefined): ReportScores {
  const scores = (isRight: boolean) => samples.filter((s) => (s.rank === 1) === isRight).map((s) => s.score);
  return { right: scores(true), wrong: scores(false), threshold };
}
