import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.js';

describe('crc32c', () => {
  it('gives the values of RFC 3720, appendix B.4', () => {
    expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa');
    expect(crc32c(new Uint8Array(32).fill(0xff)).toString(16)).toBe('62a8ab43');
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)).toString(16)).toBe('46dd794e');
  });

  it('goes on from where it stopped', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i * 7);
    expect(crc32c(bytes.subarray(33), crc32c(bytes.subarray(0, 33)))).toBe(crc32c(bytes));
  });
});
