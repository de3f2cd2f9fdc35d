import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Provenance, provenance } from './measure/machine.js';
import { renderResults, type StoredResult } from './report/render-results.js';
import { tasks } from './tasks/catalogue.js';

const usage = `Usage: pnpm --filter @nearkin/benchmarks bench:ann [options]
  --quick          small data, few rounds: does it run?  (into .cache/quick, not results/)
  --only a,b       these parts only: ${tasks.map(({ name }) => name).join(', ')}
  --rounds n       interleaved rounds after the warm-up; default 5, with --quick 1
  --report         render the report again from the results there are`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    report: { type: 'boolean', default: false },
    'in-this-process': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const { quick, report } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 5));
const folder = join(import.meta.dirname, quick ? '.cache/quick' : 'results');
mkdirSync(folder, { recursive: true });
const wanted = values.only?.split(',') ?? tasks.map(({ name }) => name);
const unknown = wanted.filter((name) => !tasks.some((task) => task.name === name));

if (values.help || unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(unknown.length > 0 ? `No such part: ${unknown.join(', ')}\n\n${usage}` : usage);
  process.exitCode = values.help ? 0 : 2;
} else if (values['in-this-process']) {
  for (const name of wanted) await runTask(name);
} else {
  // A process each: no part measures the rubbish, or the compiled code, that another one left.
  const failed = report ? [] : wanted.filter((name) => !runApart(name));
  writeReport();
  if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

async function runTask(name: string): Promise<void> {
  const task = tasks.find((one) => one.name === name)!;
  const command = `pnpm --filter @nearkin/benchmarks bench:ann${quick ? ' --quick' : ''} --only ${name} --rounds ${rounds}`;
  const result = await task.run({ quick, rounds, log: (text) => console.error(text) });
  const stored: StoredResult = { task: name, provenance: provenance(command), result };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(stored, roundNumbers, 1)}\n`);
}

function runApart(name: string): boolean {
  const args = [...process.execArgv, process.argv[1]!, '--in-this-process', '--only', name, '--rounds', String(rounds)];
  return spawnSync(process.execPath, quick ? [...args, '--quick'] : args, { stdio: 'inherit' }).status === 0;
}

function writeReport(): void {
  const results = new Map<string, StoredResult>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const stored = JSON.parse(readFileSync(join(folder, file), 'utf8')) as StoredResult & { provenance: Provenance };
    results.set(stored.task, stored);
  }
  const { markdown, charts } = renderResults(tasks, results);
  writeFileSync(join(folder, 'README.md'), markdown);
  for (const { name, svg } of charts) writeFileSync(join(folder, `${name}.svg`), svg);
  console.error(`\n${join(folder, 'README.md')}`);
}

/** Six digits are more than any of these figures is good for. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
