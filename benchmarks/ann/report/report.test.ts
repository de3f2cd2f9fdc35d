import { expect, it } from 'vitest';
import { lineChart } from './line-chart.js';
import { figure, markdownTable } from './markdown-table.js';

it('writes three digits', () => {
  expect([0.01234, 57.24, 999.6, 13_149, null].map(figure)).toEqual(['0.0123', '57.2', '1,000', '13,100', '–']);
});

it('puts columns of numbers to the right', () => {
  expect(
    markdownTable(
      ['system', 'queries'],
      [
        ['a|b', '1,000'],
        ['c', '–'],
      ],
    ),
  ).toEqual(['| system | queries |', '|---|---:|', '| a\\|b | 1,000 |', '| c | – |']);
});

it('draws every point of every series, names escaped', () => {
  const svg = lineChart({
    title: 'a < b',
    x: { title: 'rows', log: true },
    y: { title: 'cost', log: true },
    series: [
      {
        name: 'one & two',
        points: [
          { x: 1000, y: 10 },
          { x: 1_000_000, y: 300 },
        ],
      },
    ],
  });
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg).toContain('one &amp; two');
  expect(svg).toContain('a &lt; b');
  expect(svg).not.toContain('NaN');
});
