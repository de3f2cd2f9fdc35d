import { evaluateRetrieval } from '@nearkin/evaluation';
import { labelledClusters } from './labelled-clusters.js';

/** Self-retrieval with curves to k; time and the largest resident set of the process, as Markdown. */
export async function measureMemory(size: { count: number; dim: number; k: number }): Promise<string> {
  const { count, dim, k } = size;
  const queries = labelledClusters({ count, dim, perClass: 100, seed: 2 });
  const before = process.resourceUsage().maxRSS * 1024;
  const begin = performance.now();
  const { mean, cmc } = await evaluateRetrieval({ queries, k: [1, 10, 100, k] });
  const seconds = (performance.now() - begin) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  return [
    `## ${count.toLocaleString('en')} rows of ${dim} numbers against themselves, curve of ${cmc.length} points`,
    '',
    `${seconds.toFixed(1)} s; peak of the resident set ${megabytes(peak)}, ${megabytes(before)} before it began.`,
    `hitRate@1 ${mean['hitRate@1']?.toFixed(4)}, MAP@R ${mean['apAtR']?.toFixed(4)}.`,
  ].join('\n');
}
