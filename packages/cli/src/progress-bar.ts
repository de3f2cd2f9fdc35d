import type { Progress } from '@nearkin/core';
import { Presets, SingleBar } from 'cli-progress';
import type { OutputStream } from './host.js';

export interface ProgressBar {
  /** Fits every long job's option of this name. */
  readonly onProgress: (progress: Progress) => void;
  /** Takes the bar away. Calling it twice is harmless. */
  stop(): void;
}

/**
 * A bar that appears with the first progress and vanishes at the end.
 *
 * @param options.style `lines` writes a line for each step instead, for logs; `none` is silent
 */
export function startProgressBar(
  title: string,
  options: { stream: OutputStream; style: 'bar' | 'lines' | 'none' },
): ProgressBar {
  const { stream, style } = options;
  if (style === 'none') return { onProgress() {}, stop() {} };
  if (style === 'lines')
    return { onProgress: ({ done, total }) => stream.write(`${title} ${done}/${total ?? '?'}\n`), stop() {} };
  const bar = new SingleBar(
    {
      stream: stream as NodeJS.WritableStream,
      format: `${title} {bar} {value}/{total}  {eta_formatted} left`,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    onProgress({ done, total }) {
      const all = Math.max(total ?? done, 1);
      if (!started) bar.start(all, done);
      else {
        bar.setTotal(all);
        bar.update(done);
      }
      started = true;
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}
