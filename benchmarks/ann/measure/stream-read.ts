import { cpuSeconds } from './cpu-time.js';
import { median } from './sweep.js';

const bytes = 512 << 20;

/**
 * What one core reads from memory: bytes per CPU second of a search for an absent byte in 512 MB, which the host does
 * with the C library's vectorised memchr. Median of the rounds.
 */
export function streamReadBytesPerSecond(rounds = 7): number {
  const buffer = Buffer.alloc(bytes, 1);
  buffer.indexOf(0);
  const speeds = Array.from({ length: rounds }, () => {
    const start = cpuSeconds();
    if (buffer.indexOf(0) !== -1) return 0;
    return bytes / (cpuSeconds() - start);
  });
  return median(speeds);
}
