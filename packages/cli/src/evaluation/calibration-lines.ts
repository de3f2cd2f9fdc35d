import type { Proportion } from '@nearkin/evaluation';
import { percent } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { facts } from '../terminal/text-layout.js';
import type { ClassifierCalibration } from './calibrate-classifier.js';

/** A calibration at a glance. */
export function calibrationLines(
  calibration: ClassifierCalibration,
  { model, terminal: { colors } }: { readonly model: string; readonly terminal: Pick<Terminal, 'colors'> },
): string[] {
  const { objective, target, threshold, precision, recall, falseAcceptRate, coverage, unknownAccepted } = calibration;
  const goal = { f1: 'best F1', precision: `precision ${target}`, far: `false accept rate ${target}` }[objective];
  return [
    `  ${colors.green('✔')} ${printable(model)} answers “unknown” below ${colors.bold(threshold.toFixed(4))} now (${goal})`,
    ...facts(
      [
        ['precision', `${counts(precision)} answers that are given are right`],
        ['recall', `${counts(recall)} right answers are given`],
        ['false accepts', `${counts(falseAcceptRate)} wrong answers are given`],
        ...(unknownAccepted.total > 0
          ? [['unknown classes', `${counts(unknownAccepted)} pictures of no known class are named`] as const]
          : []),
        ['coverage', `${counts(coverage)} pictures get an answer`],
      ],
      colors.dim,
    ).map((line) => `  ${line}`),
    '',
  ];
}

function counts({ value, low, high, correct, total }: Proportion): string {
  return `${percent(value).padStart(7)}  (${(low * 100).toFixed(1)} to ${percent(high)})  ${correct} of ${total}`;
}
