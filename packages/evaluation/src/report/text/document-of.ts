import { NearkinError } from '@nearkin/core';
import type { ClassifierEvaluation } from '../../classifier/evaluate-classifier.js';
import type { RunComparison } from '../../compare/compare-runs.js';
import type { CrossModalMetrics } from '../../cross-modal/cross-modal-metrics.js';
import type { FewShotEpisodes } from '../../few-shot/few-shot-episodes.js';
import type { RankedMetrics } from '../../ranked/metric-summary.js';
import { rankedRows } from '../ranked-rows.js';
import { share, shareRange, type TextDocument } from './text-document.js';

/** What can be printed: the result of any of these evaluations. */
export type FormattableReport =
  | RankedMetrics
  | ClassifierEvaluation
  | RunComparison
  | FewShotEpisodes
  | CrossModalMetrics;

/** @throws {NearkinError} `INVALID_ARGUMENT` for anything that is no report */
export function documentOf(report: FormattableReport, rows: number): TextDocument {
  if (typeof report === 'object' && report !== null) {
    if ('conclusion' in report) return comparisonDocument(report);
    if ('top1' in report) return classifierDocument(report, rows);
    if ('accuracies' in report) return fewShotDocument(report);
    if ('textToImage' in report) return crossModalDocument(report);
    if ('recallCurve' in report) return rankedDocument(report, rows);
  }
  throw new NearkinError(
    'INVALID_ARGUMENT',
    'Expected the result of evaluateClassifier, evaluateRetrieval, rankedMetrics, compareRuns, fewShotEpisodes or crossModalMetrics.',
    { details: { received: typeof report } },
  );
}

function classifierDocument(report: ClassifierEvaluation, rows: number): TextDocument {
  const { top1, top5, macroTop1, perClass, confusion, unknown, unknownLabels } = report;
  const counted = (name: string, entry: typeof top1) => [
    name,
    share(entry.value),
    shareRange(entry.low, entry.high),
    `${entry.correct} of ${entry.total}`,
  ];
  const weakest = [...perClass].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  return {
    tables: [
      {
        title: 'Classifier',
        columns: ['metric', 'value', '95 % interval', 'pictures'],
        rows: [
          counted('top 1', top1),
          ...(top5 ? [counted('top 5', top5)] : []),
          ['top 1, mean over classes', share(macroTop1), '-', `${perClass.length} classes`],
        ],
      },
      {
        title: 'Classes, the weakest first',
        columns: ['class', 'right', '95 % interval', 'pictures', 'precision'],
        rows: weakest.slice(0, rows).map((entry) => [...counted(entry.label, entry), share(entry.precision)]),
      },
      {
        title: 'Confused pairs',
        columns: ['class', 'taken for', 'times'],
        rows: confusion
          .slice(0, rows)
          .map((pair) => [pair.expected, pair.predicted ?? '(rejected as unknown)', String(pair.count)]),
      },
    ],
    notes: [
      ...leftOut(perClass.length - rows, 'classes'),
      ...leftOut(confusion.length - rows, 'confused pairs'),
      ...(unknown.rejected > 0 ? [`${unknown.rejected} pictures were rejected as of no known class.`] : []),
      ...(unknownLabels.length > 0
        ? [
            `The classifier does not know the labels ${unknownLabels.slice(0, rows).join(', ')}; their pictures count as wrong.`,
          ]
        : []),
    ],
  };
}

function rankedDocument(report: RankedMetrics, rows: number): TextDocument {
  const { macro, queries, undefinedQueries } = report;
  const listed = rankedRows(report);
  return {
    tables: [
      {
        title: 'Retrieval',
        columns: ['metric', 'mean', '95 % interval', ...(macro ? ['mean over classes'] : [])],
        rows: listed.map(({ name, value, low, high }) => [
          name,
          share(value),
          shareRange(low, high),
          ...(macro ? [share(macro[name])] : []),
        ]),
      },
      ...(report.perClass
        ? [
            {
              title: `Classes by ${listed[0]!.name}, the weakest first`,
              columns: ['class', listed[0]!.name, 'queries'],
              rows: [...report.perClass]
                .sort((a, b) => (a.mean[listed[0]!.name] ?? 0) - (b.mean[listed[0]!.name] ?? 0))
                .slice(0, rows)
                .map((entry) => [entry.label, share(entry.mean[listed[0]!.name]), String(entry.queries)]),
            },
          ]
        : []),
    ],
    notes: [
      `Means over ${queries - undefinedQueries} queries${undefinedQueries > 0 ? `; ${undefinedQueries} more have nothing to find` : ''}.`,
      ...leftOut((report.perClass?.length ?? 0) - rows, 'classes'),
    ],
  };
}

function comparisonDocument(report: RunComparison): TextDocument {
  const { a, b, metrics, onlyInA, onlyInB, conclusion } = report;
  const points = (value: number | null) => (value === null ? '-' : (value * 100).toFixed(1));
  return {
    tables: [
      {
        title: `${a} against ${b}`,
        columns: ['metric', a, b, 'difference', '95 % interval', 'p', 'adjusted p'],
        rows: metrics.map((entry) => [
          entry.metric,
          share(entry.a),
          share(entry.b),
          points(entry.difference),
          shareRange(entry.low, entry.high).replace(' %', ''),
          entry.pValue === null ? '-' : entry.pValue.toFixed(4),
          entry.adjustedPValue === null ? '-' : entry.adjustedPValue.toFixed(4),
        ]),
      },
    ],
    notes: [
      conclusion,
      ...(onlyInA + onlyInB > 0 ? [`Left out: ${onlyInA} queries only in ${a}, ${onlyInB} only in ${b}.`] : []),
    ],
  };
}

function fewShotDocument(report: FewShotEpisodes): TextDocument {
  const { ways, shots, mean, halfWidth95, episodes, rule, queriesPerClass, seed } = report;
  return {
    tables: [
      {
        title: 'Few-shot episodes',
        columns: ['episodes', 'accuracy', '95 % half width', 'number', 'rule'],
        rows: [[`${ways}-way ${shots}-shot`, share(mean), share(halfWidth95), String(episodes), rule]],
      },
    ],
    notes: [`${queriesPerClass} queries a class, seed ${seed}.`],
  };
}

function crossModalDocument(report: CrossModalMetrics): TextDocument {
  const { textToImage, imageToText, images, texts } = report;
  const names = Object.keys(textToImage) as (keyof typeof textToImage)[];
  const cell = (name: string, value: number | null | undefined) =>
    typeof value === 'number' && /rank/i.test(name) ? String(Math.round(value * 10) / 10) : share(value);
  return {
    tables: [
      {
        title: 'Text and image',
        columns: ['metric', 'text to image', 'image to text'],
        rows: names.map((name) => [name, cell(name, textToImage[name]), cell(name, imageToText[name])]),
      },
    ],
    notes: [`${images} images, ${texts} texts.`],
  };
}

function leftOut(count: number, noun: string): string[] {
  return count > 0 ? [`${count} more ${noun} not shown.`] : [];
}
