import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { bar, facts, fit, widest } from './text-layout.js';

test('a bar is filled to the eighth of a cell and never wider than asked', () => {
  expect(bar(0, 4)).toBe('    ');
  expect(bar(1, 4)).toBe('████');
  expect(bar(0.5, 4)).toBe('██  ');
  expect(bar(3 / 8, 1)).toBe('▍');
  expect(bar(-0.5, 3)).toBe('   ');
  expect(bar(7, 3)).toBe('███');
  for (let share = 0; share <= 1; share += 0.01) expect(bar(share, 7)).toHaveLength(7);
});

test('text is padded or shortened to cells, not characters', () => {
  expect(fit('cat', 5)).toBe('cat  ');
  expect(fit('caterpillar', 5)).toBe('cate…');
  expect(fit('猫と犬', 4)).toBe('猫… ');
  expect(fit('👩‍🚀👩‍🚀👩‍🚀', 5)).toBe('👩‍🚀👩‍🚀…');
  for (const text of ['猫と犬', 'a猫b', '', 'é'])
    for (let width = 1; width < 8; width++) expect(stringWidth(fit(text, width))).toBe(width);
});

test('columns line up', () => {
  expect(widest(['a', '猫猫'], 10)).toBe(4);
  expect(widest(['caterpillar'], 5)).toBe(5);
  expect(widest([], 5)).toBe(0);
  expect(
    facts(
      [
        ['model', 'pets'],
        ['size', '1 kB'],
      ],
      (text) => text,
    ),
  ).toEqual(['  model   pets', '  size    1 kB']);
});
