import type { ClassifierEvaluation } from '../classifier/evaluate-classifier.js';
import { classifierCurve, classifierMetrics, classifierScores } from './classifier-content.js';
import { type Html, html } from './html.js';
import { formatShare } from './number-format.js';
import { page } from './page.js';
import { createPictureSheet, type ReportPictures } from './picture-sheet.js';
import { classesSection } from './sections/classes-section.js';
import { confusionSection } from './sections/confusion-section.js';
import { coverageSection } from './sections/coverage-section.js';
import { curveSection, type ReportCurve } from './sections/curve-section.js';
import { metricsSection, type ReportMetric } from './sections/metrics-section.js';
import { mistakesSection } from './sections/mistakes-section.js';
import { type ReportScores, scoresSection } from './sections/scores-section.js';
import type { Section } from './sections/section.js';

/** What a report shows. Each section appears when there is something for it. */
export interface ReportContent {
  readonly title: string;
  /** What was evaluated against what, in a sentence. */
  readonly description?: string | undefined;
  /** Names and values for the head of the report: embedder, pictures, date. */
  readonly facts?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Gives the metrics, the classes, the mistakes, the confused pairs and the scores of a classifier. */
  readonly classifier?: ClassifierEvaluation | undefined;
  /** Lines for the metric table, after those of `classifier`. */
  readonly metrics?: readonly ReportMetric[] | undefined;
  /** Takes the place of the curve of `classifier`. */
  readonly curve?: ReportCurve | undefined;
  /** Takes the place of the scores of `classifier`. */
  readonly scores?: ReportScores | undefined;
  /** Score below which an answer is rejected, drawn among the scores of `classifier`. */
  readonly threshold?: number | undefined;
  /** Thumbnails by id; what is missing shows a placeholder. */
  readonly pictures?: ReportPictures | undefined;
}

export interface RenderReportOptions {
  /** How many mistakes and confused pairs to put into the file at most; default 200. */
  readonly limit?: number | undefined;
}

/**
 * Writes a report as one self-contained HTML file. It fetches nothing, runs in any current browser without a server,
 * and can be mailed. Labels and ids are escaped.
 *
 * @returns the file's text, to be written as UTF-8
 * @throws {NearkinError} `INVALID_ARGUMENT` for a thumbnail that is not a `data:image/…` URL
 * @example
 * const page = renderReport({ title: 'Groceries', classifier: evaluateClassifier(samples) });
 * page.startsWith('<!doctype html>'); // true
 */
export function renderReport(content: ReportContent, options: RenderReportOptions = {}): string {
  const { limit = 200 } = options;
  const { title, classifier } = content;
  const pictures = createPictureSheet(content.pictures);
  const metrics = [...(classifier ? classifierMetrics(classifier) : []), ...(content.metrics ?? [])];
  const curve = content.curve ?? (classifier && classifierCurve(classifier));
  const scores = content.scores ?? (classifier && classifierScores(classifier.samples, content.threshold));
  const sections = [
    metrics.length > 0 && metricsSection(metrics),
    classifier && confusionSection(classifier.confusion, { samples: classifier.samples, pictures, limit }),
    classifier && mistakesSection(classifier.samples, { pictures, limit }),
    classifier && classesSection(classifier.perClass),
    curve && curveSection(curve),
    scores && scoresSection(scores),
    classifier && coverageSection(classifier),
  ].filter((section): section is Section => Boolean(section));
  return page({ title, header: header(content), sections, sheet: pictures.sheet() });
}

function header(content: ReportContent): Html {
  const { title, description, classifier, facts = [] } = content;
  return html`<h1>${title}</h1>
${description && html`<p>${description}</p>`}
${classifier && headline(classifier)}
${facts.length > 0 && html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}`;
}

function headline({ top1 }: ClassifierEvaluation): Html {
  const { correct, total, value, low, high } = top1;
  return html`<div class="headline"><strong>${formatShare(value)}</strong><span>of the pictures were recognised at the first answer: ${correct} of ${total}. With 95 % confidence the true share lies between ${formatShare(low)} and ${formatShare(high)}.</span></div>`;
}
