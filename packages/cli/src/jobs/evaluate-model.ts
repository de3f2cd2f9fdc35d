import { throwIfAborted, type Vectors } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { type ClassifierEvaluation, evaluateClassifier } from '@nearkin/evaluation';
import type { RetrievalClassifier } from '@nearkin/retrieval';
import { openModel } from '../classifiers/open-model.js';
import { calibrateClassifier } from '../evaluation/calibrate-classifier.js';
import { calibrationLines } from '../evaluation/calibration-lines.js';
import { writeClassifierReport } from '../evaluation/classifier-report.js';
import { evaluationLines } from '../evaluation/evaluation-lines.js';
import type { EvalOptions } from '../options/eval-options.js';
import { embedPictures } from '../pictures/embed-pictures.js';
import { listAlbums } from '../pictures/picture-item.js';
import { collectSkipped } from '../pictures/skipped-pictures.js';
import { counted, duration } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';

/** Answers kept for each picture: enough for the report's curve of the first k. */
const depth = 20;

type EvalJob = EvalOptions & { readonly model: string; readonly albums: string };

/** `nearkin eval`: how often the classifier is right on albums it has not seen; `--calibrate` sets its threshold. */
export async function evaluateModel(job: EvalJob, terminal: Terminal): Promise<void> {
  const started = performance.now();
  const { signal, colors } = terminal;
  const { model, albums, report } = job;
  using classifier = await openModel(job, terminal);
  const skipped = collectSkipped();
  const items = await listAlbums(albums, { signal });
  const queries = await embedPictures(classifier.embedder, items, { skipped, terminal });
  const asked = { classifier, queries, signal };
  let evaluation = await evaluate(asked);
  const { labels } = classifier;
  const calibration = job.calibrate ? calibrateClassifier(evaluation.samples, { ...job, labels }) : undefined;
  if (calibration) {
    classifier.setUnknownBelow(calibration.threshold);
    evaluation = await evaluate(asked);
  }
  skipped.report(terminal);
  warnOfStrangers(evaluation, { isCalibrated: calibration !== undefined, terminal });
  if (calibration?.falseAcceptRate.total === 0)
    terminal.warn(
      'Every answer was right, so the threshold is but the lowest score seen: add albums of what the classifier should not know.',
    );
  if (report !== undefined)
    await writeClassifierReport(
      report,
      { evaluation, classifier, queries, model, albums, galleryFolder: job.gallery },
      terminal,
    );
  throwIfAborted(signal);
  if (calibration) await classifier.save(model);
  const seconds = (performance.now() - started) / 1000;
  terminal.result(
    {
      ...evaluation,
      ...(calibration ? { calibration } : {}),
      skipped: skipped.list,
      seconds,
      ...(report === undefined ? {} : { report }),
    },
    [
      ...evaluationLines(evaluation, terminal),
      ...(calibration ? calibrationLines(calibration, { model, terminal }) : []),
      `  ${counted(queries.ids.length, 'picture')} of ${counted(evaluation.perClass.length, 'class')} in ${duration(seconds)}`,
      ...(report === undefined ? [] : [`  ${colors.green('✔')} report: ${colors.underline(report)}`]),
    ],
  );
}

async function evaluate(asked: {
  readonly classifier: RetrievalClassifier<ImageInput>;
  readonly queries: { readonly vectors: Vectors; readonly ids: readonly string[]; readonly labels: readonly string[] };
  readonly signal: AbortSignal;
}): Promise<ClassifierEvaluation> {
  const { classifier, queries, signal } = asked;
  const answers = await classifier.classifyVectors(queries.vectors, { k: depth, signal });
  return evaluateClassifier(
    queries.ids.map((id, row) => ({ id, label: queries.labels[row]!, predictions: answers[row]! })),
    { labels: classifier.labels },
  );
}

function warnOfStrangers(
  { unknownLabels }: ClassifierEvaluation,
  { isCalibrated, terminal }: { readonly isCalibrated: boolean; readonly terminal: Terminal },
): void {
  if (unknownLabels.length === 0) return;
  const some = unknownLabels.slice(0, 3).map((label) => JSON.stringify(label));
  const use = isCalibrated ? 'taken as examples of what is unknown' : 'counted as wrong unless answered “unknown”';
  terminal.warn(
    `${counted(unknownLabels.length, 'album')} of no class that the classifier knows, ${use}: ${some.join(', ')}${unknownLabels.length > 3 ? ', …' : ''}`,
  );
}
