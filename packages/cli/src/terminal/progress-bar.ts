import type { Progress } from '@nearkin/core';
import { Presets, SingleBar } from 'cli-progress';
import type { OutputStream } from '../host.js';
import { timeLeft } from './number-text.js';

export interface ProgressBar {
  /** Fits every long job's option of this name. `status` stands behind the bar until another one comes. */
  readonly onProgress: (progress: Progress & { readonly status?: string }) => void;
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
    return {
      onProgress: ({ done, total, status }) =>
        stream.write(`${title} ${done}/${total ?? '?'}${status === undefined ? '' : `  ${status}`}\n`),
      stop() {},
    };
  const bar = new SingleBar(
    {
      stream: stream as NodeJS.WritableStream,
      format: `${title} {bar} {value}/{total}  {eta_formatted} left{status}`,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
      // The library's own writes 16m60s.
      formatTime: timeLeft,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    onProgress({ done, total, status }) {
      const all = Math.max(total ?? done, 1);
      const payload = status === undefined ? {} : { status: `  ${status}` };
      if (!started) bar.start(all, done, { status: '', ...payload });
      else {
        bar.setTotal(all);
        bar.update(done, payload);
      }
      started = true;
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}
