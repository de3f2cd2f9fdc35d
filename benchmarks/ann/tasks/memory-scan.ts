import { vectorAt } from '@nearkin/core';
import { textLikeData } from '../data/text-like.js';
import { cpuSeconds } from '../measure/cpu-time.js';
import { streamReadBytesPerSecond } from '../measure/stream-read.js';
import { median } from '../measure/sweep.js';
import { figure, markdownTable } from '../report/markdown-table.js';
import { buildNearkin } from '../systems/nearkin.js';
import type { Task } from './task.js';

export interface MemoryScan {
  readonly streamBytesPerSecond: number;
  readonly scans: readonly { readonly name: string; readonly bytesPerSecond: number }[];
}

/** How near a scan of all rows comes to what one core reads from memory. */
export const memoryScan: Task<MemoryScan> = {
  name: 'memory-scan',
  async run({ quick, rounds }) {
    const count = quick ? 100_000 : 1_000_000;
    const data = textLikeData({ name: 'scan', count, queries: 8 });
    const cases = [
      { name: 'flatInt8', bytesPerRow: 132, options: { kind: 'flatInt8' as const } },
      { name: 'flat', bytesPerRow: 512, options: { kind: 'flat' as const } },
    ];
    const scans = [];
    let streamBytesPerSecond = 0;
    for (const { name, bytesPerRow, options } of cases) {
      const { index } = await buildNearkin(data, options);
      const speeds: number[] = [];
      const streams: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const start = cpuSeconds();
        for (let q = 0; q < data.queries.count; q++) index.search(vectorAt(data.queries, q), { k: 10 });
        if (round > 0) speeds.push((count * bytesPerRow * data.queries.count) / (cpuSeconds() - start));
        streams.push(streamReadBytesPerSecond(1));
      }
      index.dispose();
      streamBytesPerSecond = median(streams);
      scans.push({ name, bytesPerSecond: median(speeds) });
    }
    return { streamBytesPerSecond, scans };
  },
  report: ({ streamBytesPerSecond, scans }) => ({
    title: 'Scans against the memory',
    lines: [
      `One query at a time over 1,000,000 x 128, CPU time. One core reads ${figure(streamBytesPerSecond / 1e9)} GB/s here (the C library's memchr over 512 MB).`,
      '',
      ...markdownTable(
        ['index', 'GB/s', 'share of the stream read'],
        scans.map((scan) => [
          scan.name,
          figure(scan.bytesPerSecond / 1e9),
          (scan.bytesPerSecond / streamBytesPerSecond).toFixed(2),
        ]),
      ),
    ],
  }),
};
