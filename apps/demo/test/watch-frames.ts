import type { Page } from 'playwright-core';

/** How free the page was: tasks beyond 50 ms, as the browser counts them, and the distance of frames. */
export interface Smoothness {
  readonly seconds: number;
  readonly longTasks: number;
  readonly longestTaskMs: number;
  readonly frames: number;
  readonly frameMsP50: number;
  readonly frameMsP99: number;
  readonly longestFrameMs: number;
}

interface Watched {
  tasks: number[];
  frames: number[];
  started: number;
}

/** Counts long tasks and frames from now on. */
export function watchFrames(page: Page): Promise<void> {
  return page.evaluate(() => {
    const watched: Watched = { tasks: [], frames: [], started: performance.now() };
    (window as unknown as { watched: Watched }).watched = watched;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.tasks.push(duration);
    }).observe({ entryTypes: ['longtask'] });
    let last = performance.now();
    const next = () => {
      const now = performance.now();
      watched.frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}

export function smoothness(page: Page): Promise<Smoothness> {
  return page.evaluate(() => {
    const { tasks, frames, started } = (window as unknown as { watched: Watched }).watched;
    const sorted = [...frames].sort((a, b) => a - b);
    const at = (share: number) => Math.round(10 * (sorted[Math.floor(share * (sorted.length - 1))] ?? 0)) / 10;
    return {
      seconds: Math.round((performance.now() - started) / 100) / 10,
      longTasks: tasks.length,
      longestTaskMs: Math.round(Math.max(0, ...tasks)),
      frames: frames.length,
      frameMsP50: at(0.5),
      frameMsP99: at(0.99),
      longestFrameMs: at(1),
    };
  });
}
