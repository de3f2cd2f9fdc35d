// Every check that a change must pass. `npm test` installs first; `--installed` skips that.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './find-chromium.mjs';
import { pnpm, root } from './pnpm.mjs';

const started = Date.now();
const failed = [];
let checks = 0;

function step(name, run) {
  const start = Date.now();
  console.log(`\n▶ ${name}`);
  const ok = run();
  checks++;
  if (!ok) failed.push(name);
  console.log(`${ok ? '✔' : '✘'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  return ok;
}

const node = (script, ...args) =>
  spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status === 0;

if (
  !process.argv.includes('--installed') &&
  !step('install', () => pnpm(['install', '--frozen-lockfile'], { quiet: true }))
)
  finish({});
step('a browser for the browser tests', ensureChromium);
step('format and lint', () => pnpm(['run', 'lint'], { quiet: true }));
step('types', () => pnpm(['run', 'typecheck'], { quiet: true }));
step('imports follow the map', () => pnpm(['run', 'depcruise'], { quiet: true }));
step('nothing unused', () => pnpm(['run', 'knip'], { quiet: true }));
step('build', () => pnpm(['run', 'build'], { quiet: true }));
step('packages are well-formed', () => node('scripts/check-packages.mjs'));
step('documentation', () => pnpm(['run', 'docs:build'], { quiet: true }));
step('sizes', () => pnpm(['run', 'size'], { quiet: true }));
step('licences', () => node('scripts/licences.mjs'));
step('sample albums', () => node('samples/prepare.mjs'));

const folder = mkdtempSync(join(tmpdir(), 'nearkin-test-'));
const report = join(folder, 'report.json');
step('tests in Node and Chromium', () =>
  pnpm(['exec', 'vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`], {
    env: { FORCE_COLOR: '0' },
  }),
);
let counts = {};
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  failed.push('tests left no report');
}
rmSync(folder, { recursive: true, force: true });
finish(counts);

function finish({ numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, testResults = [] }) {
  const skipped = testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status === 'pending' || test.status === 'skipped');
  if (skipped.length > 0) {
    console.log('\nSkipped:');
    for (const test of skipped) console.log(`  - ${test.fullName}`);
  }
  console.log(failed.length === 0 ? '\nAll checks passed' : `\nFailed: ${failed.join(', ')}`);
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
  const failures =
    Math.max(numFailedTests, 0) + failed.filter((name) => !name.startsWith('tests in') || numFailedTests === 0).length;
  const passed = numPassedTests + checks - failed.length;
  console.log(`${Math.max(0, passed)} passed, ${failures} failed, ${numPendingTests} skipped`);
  process.exit(failed.length === 0 && numPassedTests > 0 ? 0 : 1);
}
