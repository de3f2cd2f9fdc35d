import { expect, test } from 'vitest';
import { type ClassifierSample, evaluateClassifier } from '../../classifier/evaluate-classifier.js';
import { compareRuns } from '../../compare/compare-runs.js';
import { rankedMetrics } from '../../ranked/ranked-metrics.js';
import { formatReport } from './format-report.js';

function sample(id: string, label: string, predicted: string): ClassifierSample {
  return { id, label, predictions: [{ label: predicted, score: 0.5, nearestId: 'n', unknown: false }] };
}

const classifier = evaluateClassifier([
  sample('1', 'cat', 'cat'),
  sample('2', 'cat', 'dog'),
  sample('3', 'dog', 'dog'),
  sample('4', 'dog', 'dog'),
]);

test('terminal: columns are aligned, numbers to the right', () => {
  expect(formatReport(classifier).split('\n')).toEqual([
    'Classifier',
    '-----------------------------------------------------------',
    'metric                     value   95 % interval   pictures',
    '-----------------------------------------------------------',
    'top 1                     75.0 %  30.1 to 95.4 %     3 of 4',
    'top 1, mean over classes  75.0 %               -  2 classes',
    '-----------------------------------------------------------',
    '',
    'Classes, the weakest first',
    '----------------------------------------------------',
    'class    right    95 % interval  pictures  precision',
    '----------------------------------------------------',
    'cat     50.0 %    9.5 to 90.5 %    1 of 2    100.0 %',
    'dog    100.0 %  34.2 to 100.0 %    2 of 2     66.7 %',
    '----------------------------------------------------',
    '',
    'Confused pairs',
    '-----------------------',
    'class  taken for  times',
    '-----------------------',
    'cat    dog            1',
    '-----------------------',
  ]);
});

test('terminal: a name cannot steer it, and wide letters take two columns', () => {
  const hostile = evaluateClassifier([sample('1', '\u001b[2J\nred', '猫'), sample('2', '猫', '猫')]);
  const lines = formatReport(hostile).split('\n');
  expect(lines.join('')).not.toContain('\u001b');
  expect(lines).toContain('?[2J?red    0.0 %    0.0 to 79.3 %    0 of 1          -');
  expect(lines).toContain('猫        100.0 %  20.7 to 100.0 %    1 of 1     50.0 %');
});

test('markdown: names cannot end a cell or start markup', () => {
  const hostile = evaluateClassifier([sample('1', 'a|b\n# c', '<img src=x>'), sample('2', '[x](http://y)', '`*_`')]);
  const text = formatReport(hostile, { format: 'markdown' });
  expect(text).toContain('| top 1 | 0.0 % | 0.0 to 65.8 % | 0 of 2 |');
  expect(text).toContain('| a\\|b # c | &lt;img src=x> | 1 |');
  expect(text).toContain('| \\[x\\](http://y) | \\`\\*\\_\\` | 1 |');
});

test('latex: names cannot be commands', () => {
  const hostile = evaluateClassifier([sample('1', '\\input{x}', 'R&D 50% $_{}~^#')]);
  const text = formatReport(hostile, { format: 'latex' });
  expect(text).toContain(
    '\\textbackslash{}input\\{x\\} & R\\&D 50\\% \\$\\_\\{\\}\\textasciitilde{}\\textasciicircum{}\\# & 1 \\\\',
  );
  expect(text).toContain('\\begin{tabular}{lrrr}');
});

test('json is the report itself', () => {
  expect(JSON.parse(formatReport(classifier, { format: 'json' }))).toEqual(classifier);
});

test('retrieval: the main metrics first, with intervals', () => {
  const metrics = rankedMetrics({
    relevance: [
      [1, 0, 1],
      [0, 1, 0],
      [1, 1, 0],
    ],
    relevantCounts: [2, 2, 2],
    k: [1, 3],
  });
  const lines = formatReport(metrics, { format: 'markdown' }).split('\n');
  expect(lines.slice(4, 6)).toEqual([
    // Wilson's interval of 2 of 3.
    '| hitRate@1 | 66.7 % | 20.8 to 93.9 % |',
    // apAtR is 1/2, 1/4 and 1: Student's t with 2 degrees of freedom, 4.303 · 0.3819 / √3, cut off at 0 and 1.
    '| apAtR | 58.3 % | 0.0 to 100.0 % |',
  ]);
  expect(lines.at(-1)).toBe('Means over 3 queries.');
});

test('a comparison ends with its conclusion', () => {
  const ids = ['1', '2', '3', '4', '5', '6'];
  const comparison = compareRuns(
    { name: 'big', ids, perQuery: { apAtR: [0.9, 0.8, 0.9, 0.7, 0.6, 0.8] } },
    { name: 'small', ids: [...ids, '7'], perQuery: { apAtR: [0.5, 0.6, 0.8, 0.5, 0.3, 0.7, 0] } },
  );
  const text = formatReport(comparison);
  expect(text).toContain('apAtR   78.3 %  56.7 %        21.7');
  expect(text).toContain(comparison.conclusion);
  expect(text).toContain('Left out: 0 queries only in big, 1 only in small.');
});

test('what is left out is counted', () => {
  const many = evaluateClassifier(Array.from({ length: 30 }, (_, i) => sample(`${i}`, `l${i}`, 'x')));
  const text = formatReport(many, { rows: 4 });
  expect(text).toContain('26 more classes not shown.');
  expect(text).toContain('26 more confused pairs not shown.');
});

test('refuses an unknown format and what is no report', () => {
  const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
  expect(() => formatReport(classifier, { format: 'pdf' as 'json' })).toThrow(refused);
  expect(() => formatReport(classifier, { rows: -1 })).toThrow(refused);
  for (const nothing of [null, undefined, {}, 'text']) expect(() => formatReport(nothing as never)).toThrow(refused);
});
