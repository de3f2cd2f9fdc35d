import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provenance } from '../measure/machine.js';
import type { AnyTask, TaskReport } from '../tasks/task.js';
import { targetTable } from './target-table.js';

export interface StoredResult {
  readonly task: string;
  readonly provenance: Provenance;
  readonly result: unknown;
}

const notes = join(import.meta.dirname, '..', 'NOTES.md');

/** The page of all results there are: targets first, then every part with where its figures come from. */
export function renderResults(
  tasks: readonly AnyTask[],
  results: ReadonlyMap<string, StoredResult>,
): { markdown: string; charts: { name: string; svg: string }[] } {
  const charts: { name: string; svg: string }[] = [];
  const parts = tasks.flatMap((task) => {
    const stored = results.get(task.name);
    if (!stored) return [];
    const report: TaskReport = task.report(stored.result as never);
    charts.push(...(report.charts ?? []));
    return [
      `## ${report.title}`,
      '',
      ...report.lines,
      '',
      ...(report.charts ?? []).flatMap(({ name }) => [`![${report.title}](${name}.svg)`, '']),
      origin(stored.provenance),
      '',
    ];
  });
  const lines = [
    '# Vector search: results',
    '',
    'Written by the benchmark; how it measures stands in [../README.md](../README.md). Figures are medians over rounds that alternate the systems.',
    '',
    '## Targets',
    '',
    ...targetTable(results),
    '',
    ...(existsSync(notes) ? [readFileSync(notes, 'utf8').trim(), ''] : []),
    ...parts,
  ];
  return { markdown: `${lines.join('\n').trim()}\n`, charts };
}

function origin({ cpu, cores, memoryGB, node, commit, changedSince, date, command }: Provenance): string {
  return `<sub>${cpu}, ${cores} cores, ${memoryGB} GB, Node ${node}; commit ${commit}${changedSince ? ' with later changes' : ''}; ${date} UTC; \`${command}\`</sub>`;
}
