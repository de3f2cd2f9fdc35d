import { expect, test } from 'vitest';
import { printable } from './printable.js';

test('leaves names in any script alone', () => {
  for (const name of ['grinning face', 'käse', '猫', '👩‍🚀 astronaut', '“here” button'])
    expect(printable(name)).toBe(name);
});

test('shows what would command the terminal', () => {
  expect(printable('a\u001b[2Jb\nc\u0007')).toBe('a\\u001b[2Jb\\u000ac\\u0007');
  expect(printable('invoice\u202egnp.exe')).toBe('invoice\\u202egnp.exe');
  expect(printable('\u009b31m')).toBe('\\u009b31m');
});
