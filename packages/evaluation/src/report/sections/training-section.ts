import { type StepSeries, stepChart } from '../charts/step-chart.js';
import { type Html, html } from '../html.js';
import { formatScore, formatShare } from '../number-format.js';
import { type Section, tableTwin } from './section.js';

/** How a run of training went. */
export interface ReportTraining {
  /** Of each step, from the first one on. */
  readonly loss: readonly number[];
  /** Measurements of shares, 0 to 1, by ascending step. */
  readonly validations?:
    | readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[]
    | undefined;
  /** Why it ended, what a monitor said: in sentences. */
  readonly remarks?: readonly string[] | undefined;
}

/** Null when there are no steps. Values that are no numbers are left out. */
export function trainingSection({ loss, validations = [], remarks = [] }: ReportTraining): Section | null {
  const losses = loss.flatMap((value, i) => (Number.isFinite(value) ? [{ step: i + 1, value }] : []));
  if (losses.length === 0) return null;
  const names = [...new Set(validations.flatMap(({ metrics }) => Object.keys(metrics)))];
  const series = names.flatMap((name): StepSeries[] => {
    const points = validations.flatMap(({ step, metrics }) => {
      const value = metrics[name];
      return value !== undefined && Number.isFinite(value) ? [{ step, value }] : [];
    });
    return points.length > 0 ? [{ name, points }] : [];
  });
  const [first, last] = [losses[0]!, losses.at(-1)!];
  const description = `Loss over steps: from ${formatScore(first.value)} at step ${first.step} to ${formatScore(last.value)} at step ${last.step}.`;
  return {
    id: 'training',
    title: 'Training',
    lead: html`The loss should fall, and what is measured on classes that training does not see should rise.${remarks.map((remark) => html` ${remark}`)}`,
    body: html`<figure><ul class="legend"><li class="series-0">loss</li></ul>
${stepChart({ series: [{ name: 'loss', points: losses }], description, format: shortNumber })}</figure>${validationFigure(series)}`,
  };
}

function validationFigure(series: readonly StepSeries[]): Html | false {
  if (series.length === 0) return false;
  const ends = series.map(
    ({ name, points }) => `${name}: from ${formatShare(points[0]!.value)} to ${formatShare(points.at(-1)!.value)}`,
  );
  const steps = [...new Set(series.flatMap(({ points }) => points.map(({ step }) => step)))].sort((a, b) => a - b);
  return html`
<figure><ul class="legend">${series.map(({ name }, i) => html`<li class="series-${i % 2}">${name}</li>`)}</ul>
${stepChart({ series, description: `Measured on held-out classes. ${ends.join('; ')}.`, format: (value) => `${Math.round(value * 1000) / 10} %` })}
${tableTwin(
  ['Step', ...series.map(({ name }) => name)],
  steps.map((step) => [
    step,
    ...series.map(({ points }) => formatShare(points.find((point) => point.step === step)?.value ?? null)),
  ]),
)}</figure>`;
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
