import { expect, test } from 'vitest';
import { byteSize, counted, duration, percent, timeLeft } from './number-text.js';

test('says numbers as a person would', () => {
  expect([1, 2, 1234].map((n) => counted(n, 'class'))).toEqual(['1 class', '2 classes', '1,234 classes']);
  expect([0, 1].map((n) => counted(n, 'picture'))).toEqual(['0 pictures', '1 picture']);
  expect([0.123, 3.14, 59.94, 125, 119.7].map(duration)).toEqual([
    '0.12 s',
    '3.1 s',
    '59.9 s',
    '2 min 5 s',
    '2 min 0 s',
  ]);
  expect([0.63, 1, 0, null].map(percent)).toEqual(['63.0 %', '100.0 %', '0.0 %', '–']);
  expect([812, 14_000, 1_300_000, 2.5e9].map(byteSize)).toEqual(['812 bytes', '14 kB', '1.3 MB', '2.5 GB']);
});

test('writes the time that is left', () => {
  expect([0, 12.4, 54.9, 57.6, 61, 1019.5, 3598, 7541].map(timeLeft)).toEqual([
    '0s',
    '12s',
    '55s',
    '1m00s',
    '1m00s',
    '17m00s',
    '1h00m',
    '2h06m',
  ]);
});
