import { evaluateClassifier } from '@nearkin/evaluation';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { answerLines } from '../src/classifiers/answer-lines.js';
import { evaluationLines } from '../src/evaluation/evaluation-lines.js';

const terminal = { colors: pc.createColors(false), columns: 80 };

test('answers are bars with the picture that decided', () => {
  const answers = [
    { label: 'cat', score: 0.5, nearestId: 'cat/1.jpg', unknown: false },
    { label: 'axolotl', score: -0.25, nearestId: 'axolotl/2.jpg', unknown: false },
  ];
  expect(answerLines('photo.jpg', answers, terminal)).toEqual([
    'photo.jpg',
    '  cat      ██████████             0.50  cat/1.jpg',
    '  axolotl                        -0.25  axolotl/2.jpg',
    '',
  ]);
  const [, unknown] = answerLines('photo.jpg', [{ ...answers[0]!, unknown: true }], terminal);
  expect(unknown).toMatch(/^ {2}unknown: /);
});

test('labels and paths cannot command the terminal, and long ones are cut', () => {
  const answers = [{ label: `\u001b[31m${'x'.repeat(60)}`, score: 1, nearestId: 'y'.repeat(300), unknown: false }];
  const lines = answerLines('a\nb.jpg', answers, terminal);
  for (const character of ['\u001b', '\n']) expect(lines.join('')).not.toContain(character);
  expect(lines[1]!.length).toBeLessThanOrEqual(80);
});

test('an evaluation is two shares and the pairs most often confused', () => {
  const sample = (id: string, label: string, predicted: string, unknown = false) => ({
    id,
    label,
    predictions: ['a', 'b', 'c']
      .sort((x, y) => Number(y === predicted) - Number(x === predicted))
      .map((name, i) => ({ label: name, score: 1 - i / 4, nearestId: `${name}/1`, unknown })),
  });
  const samples = [
    sample('1', 'a', 'a'),
    sample('2', 'a', 'b'),
    sample('3', 'a', 'b'),
    sample('4', 'b', 'c'),
    sample('5', 'c', 'c', true),
  ];
  const lines = evaluationLines(evaluateClassifier(samples, { labels: ['a', 'b', 'c'] }), terminal);
  const text = lines.join('\n');
  expect(text).toMatch(/top 1 +20\.0 % .* 1 of 5, 3\.6 to 62\.4 %/);
  expect(text).toMatch(/top 5 +80\.0 % .* 4 of 5/);
  expect(text).toContain('1 picture answered “unknown”: 1 right answers lost, 0 wrong ones avoided');
  expect(lines.slice(-5)).toEqual([
    '  Confused most often',
    '    a taken for b  2 ×',
    '    b taken for c',
    '    c taken for unknown',
    '',
  ]);
  const rare = evaluationLines(evaluateClassifier(samples.slice(2), { labels: ['a', 'b', 'c'] }), terminal);
  expect(rare.slice(-5)).toEqual([
    '  Surest mistakes',
    '    a taken for b  1.00',
    '    b taken for c  1.00',
    '    c taken for unknown  1.00',
    '',
  ]);
});
