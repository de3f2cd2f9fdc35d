import { NearkinError } from '@nearkin/core';
import type { ClassifierEvaluation } from '../classifier/evaluate-classifier.js';
import type { MislabelReport } from '../classifier/likely-mislabels.js';
import type { RunComparison } from '../compare/compare-runs.js';
import type { FewShotEpisodes } from '../few-shot/few-shot-episodes.js';
import { classifierClasses, classifierCurve, classifierMetrics, classifierScores } from './classifier-content.js';
import { type Html, html } from './html.js';
import { formatCount, formatShare } from './number-format.js';
import { page } from './page.js';
import { createPictureSheet, type ReportPictures } from './picture-sheet.js';
import {
  assertRetrieval,
  nearestAnswers,
  type ReportRetrieval,
  retrievalClasses,
  retrievalCurve,
  retrievalMetrics,
  worstQueries,
} from './retrieval-content.js';
import { classesSection } from './sections/classes-section.js';
import { comparisonSection } from './sections/comparison-section.js';
import { confusionSection } from './sections/confusion-section.js';
import { coverageSection } from './sections/coverage-section.js';
import { curveSection, type ReportCurve } from './sections/curve-section.js';
import { mapSection, type ReportMap } from './sections/map-section.js';
import { metricsSection, type ReportMetric } from './sections/metrics-section.js';
import { mislabelsSection } from './sections/mislabels-section.js';
import { mistakesSection } from './sections/mistakes-section.js';
import { queriesSection } from './sections/queries-section.js';
import { type ReportScores, scoresSection } from './sections/scores-section.js';
import type { Section } from './sections/section.js';
import { type ReportTraining, trainingSection } from './sections/training-section.js';

/** What a report shows. Each section appears when there is something for it. */
export interface ReportContent {
  readonly title: string;
  /** What was evaluated against what, in a sentence. */
  readonly description?: string | undefined;
  /** Names and values for the head of the report: embedder, pictures, date. */
  readonly facts?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Gives the metrics, the classes, the mistakes, the confused pairs and the scores of a classifier. */
  readonly classifier?: ClassifierEvaluation | undefined;
  /** Gives the metrics, the curve, and, where neighbours were kept, the worst queries, confused pairs and scores. */
  readonly retrieval?: ReportRetrieval | undefined;
  /** Whether one run beats another, from `compareRuns`. */
  readonly comparison?: RunComparison | undefined;
  /** Gallery pictures that may carry the wrong label, from `likelyMislabels`. */
  readonly mislabels?: MislabelReport | undefined;
  /** Rows laid out in the plane, from `projectPca` or `projectUmap`. */
  readonly maps?: readonly ReportMap[] | undefined;
  /** Few-shot episodes, each a line of the metric table. */
  readonly episodes?: readonly FewShotEpisodes[] | undefined;
  /** Loss and measurements of a run of training, over its steps. */
  readonly training?: ReportTraining | undefined;
  /** Lines for the metric table, after those of `classifier` and `retrieval`. */
  readonly metrics?: readonly ReportMetric[] | undefined;
  /** Takes the place of the curve of `classifier` and `retrieval`. */
  readonly curve?: ReportCurve | undefined;
  /** Takes the place of the scores of `classifier` and `retrieval`. */
  readonly scores?: ReportScores | undefined;
  /** Score below which an answer is rejected, drawn among the scores. */
  readonly threshold?: number | undefined;
  /** Thumbnails by id; what is missing shows a placeholder. */
  readonly pictures?: ReportPictures | undefined;
}

export interface RenderReportOptions {
  /** How many mistakes, queries, pairs, classes and pictures to check to list at most, each; default 200. What is left out is counted. */
  readonly limit?: number | undefined;
}

/**
 * Writes a report as one self-contained HTML file. It fetches nothing, runs in any current browser without a server,
 * and can be mailed. Labels and ids are escaped.
 *
 * @returns the file's text, to be written as UTF-8
 * @throws {NearkinError} `INVALID_ARGUMENT` for nothing to show, lists that disagree, or a thumbnail that is not a
 *   `data:image/…` URL
 * @example
 * const page = renderReport({ title: 'Groceries', classifier: evaluateClassifier(samples) });
 * page.startsWith('<!doctype html>'); // true
 */
export function renderReport(content: ReportContent, options: RenderReportOptions = {}): string {
  const { limit = 200 } = options;
  const { title, classifier, retrieval, mislabels, maps = [], threshold } = content;
  if (retrieval) assertRetrieval(retrieval);
  const pictures = createPictureSheet(content.pictures);
  const metrics = [
    ...(classifier ? classifierMetrics(classifier) : []),
    ...(retrieval ? retrievalMetrics(retrieval) : []),
    ...(content.episodes ?? []).map(episodesMetric),
    ...(content.metrics ?? []),
  ];
  const answers = classifier
    ? { samples: classifier.samples, pairs: classifier.confusion }
    : retrieval && nearestAnswers(retrieval);
  const curve = content.curve ?? (classifier ? classifierCurve(classifier) : retrieval && retrievalCurve(retrieval));
  const scores = content.scores ?? (answers && classifierScores(answers.samples, threshold));
  const worst = retrieval && worstQueries(retrieval);
  const classes = !classifier && retrieval && retrievalClasses(retrieval);
  const sections = [
    content.comparison && comparisonSection(content.comparison),
    metrics.length > 0 && metricsSection(metrics),
    content.training && trainingSection(content.training),
    answers && confusionSection(answers.pairs, { samples: answers.samples, pictures, limit }),
    classifier && mistakesSection(classifier.samples, { pictures, limit }),
    worst && queriesSection(worst.queries, { pictures, limit, metric: worst.metric }),
    mislabels && mislabelsSection(mislabels, { pictures, limit }),
    classifier && classesSection(classifierClasses(classifier), { metric: 'top 1', limit }),
    classes && classesSection(classes.classes, { metric: classes.metric, limit }),
    curve && curveSection(curve),
    scores && scoresSection(scores),
    maps.length > 0 && mapSection(maps, pictures),
    classifier && coverageSection(classifier),
  ].filter((section): section is Section => Boolean(section));
  if (sections.length === 0)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      'Expected something to report: a classifier, retrieval, metrics …; got none.',
    );
  return page({ title, header: header(content), sections, sheet: pictures.sheet() });
}

function header(content: ReportContent): Html {
  const { title, description, classifier, retrieval, facts = [] } = content;
  return html`<h1>${title}</h1>
${description && html`<p>${description}</p>`}
${classifier ? classifierHeadline(classifier) : retrieval && retrievalHeadline(retrieval)}
${facts.length > 0 && html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}`;
}

function classifierHeadline({ top1 }: ClassifierEvaluation): Html {
  const { correct, total, value, low, high } = top1;
  return html`<div class="headline"><strong>${formatShare(value)}</strong><span>of the pictures were recognised at the first answer: ${correct} of ${total}. With 95 % confidence the true share lies between ${formatShare(low)} and ${formatShare(high)}.</span></div>`;
}

function retrievalHeadline({ metrics }: ReportRetrieval): Html | null {
  const value = metrics.mean['hitRate@1'];
  if (value === undefined || value === null) return null;
  return html`<div class="headline"><strong>${formatShare(value)}</strong><span>of the queries have a picture of their own class as the nearest of ${metrics.galleryCount.toLocaleString('en-US')}.</span></div>`;
}

function episodesMetric({ ways, shots, rule, mean, halfWidth95, episodes }: FewShotEpisodes): ReportMetric {
  return {
    name: `${ways}-way ${shots}-shot, ${rule}`,
    value: mean,
    low: Math.max(0, mean - halfWidth95),
    high: Math.min(1, mean + halfWidth95),
    note: formatCount(episodes, 'episode'),
  };
}
