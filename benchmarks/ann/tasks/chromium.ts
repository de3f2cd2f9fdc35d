import { chromium as browserType } from 'playwright-core';
import { chromiumOptions } from '../../../scripts/chromium-options.mjs';
import { prepareQueryBenchmark } from '../browser/query-benchmark.js';
import { servePage } from '../browser/serve-page.js';
import { median } from '../measure/sweep.js';
import { figure, markdownTable } from '../report/markdown-table.js';
import type { Task } from './task.js';

interface HostPair {
  readonly setting: string;
  readonly node: number;
  readonly chromium: number;
}

export interface Chromium {
  readonly count: number;
  readonly browser: string;
  readonly engines: { readonly node: string; readonly chromium: string };
  readonly pairs: readonly HostPair[];
}

/** The same queries in Node and on a page in Chromium, in turns. */
export const chromium: Task<Chromium> = {
  name: 'chromium',
  async run({ quick, rounds }) {
    const count = quick ? 10_000 : 100_000;
    const browser = await browserType.launch(chromiumOptions());
    const served = await servePage();
    try {
      const page = await browser.newPage();
      await page.goto(served.address);
      await page.waitForFunction(() => 'queryBenchmark' in globalThis);
      const there = await page.evaluate((rows) => queryBenchmark.prepare(rows), count);
      const here = await prepareQueryBenchmark({ count });
      const pairs = new Map<string, { node: number[]; chromium: number[] }>();
      for (let round = 0; round <= rounds; round++) {
        const both = { node: here.run(), chromium: await page.evaluate(() => queryBenchmark.run()) };
        if (round === 0) continue;
        for (const host of ['node', 'chromium'] as const)
          for (const { setting, qps } of both[host]) {
            const entry = pairs.get(setting) ?? { node: [], chromium: [] };
            entry[host].push(qps);
            pairs.set(setting, entry);
          }
      }
      return {
        count,
        browser: `Chromium ${browser.version()}`,
        engines: { node: here.engine, chromium: there },
        pairs: [...pairs].map(([setting, { node, chromium: page }]) => ({
          setting,
          node: median(node),
          chromium: median(page),
        })),
      };
    } finally {
      served.close();
      await browser.close();
    }
  },
  report: ({ count, browser, engines, pairs }) => ({
    title: 'Chromium beside Node',
    lines: [
      `${count.toLocaleString('en')} x 128, pq4 + int8 rows, one thread, wall time. Kernels: ${engines.node} in Node, ${engines.chromium} in ${browser}.`,
      '',
      ...markdownTable(
        ['setting', 'Node, queries/s', `${browser.split('.')[0]}, queries/s`, 'Node / Chromium'],
        pairs.map(({ setting, node, chromium: page }) => [
          setting,
          figure(node),
          figure(page),
          (node / page).toFixed(2),
        ]),
      ),
    ],
  }),
};
