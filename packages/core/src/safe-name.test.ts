import { describe, expect, it } from 'vitest';
import { assertSafeName } from './safe-name.js';

describe('assertSafeName', () => {
  it('lets plain relative names through', () => {
    for (const name of ['model.json', 'a/b/weights 1.bin', '..name', 'ünï/📦.bin'])
      expect(() => assertSafeName(name, 'here')).not.toThrow();
  });

  it('refuses every way out', () => {
    const ways = [
      '',
      '/etc/passwd',
      '../x',
      'a/../../x',
      'a/./b',
      'a//b',
      'a/',
      'c:\\x',
      'a\\..\\b',
      'https://x/y',
      'a\0b',
      '..',
      '.',
    ];
    for (const name of ways)
      expect(() => assertSafeName(name, 'here'), name).toThrowError(expect.objectContaining({ code: 'UNSAFE_PATH' }));
  });
});
