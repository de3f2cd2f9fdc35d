import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './pnpm.mjs';

/**
 * Looks at packed packages as their users get them: publint, and types under each resolution.
 *
 * @param {Map<string, { path: string, manifest: Record<string, any> }>} packed
 * @returns {boolean} whether all is well; what is not is printed
 */
export function checkTarballs(packed) {
  let ok = true;
  const run = (program, args) => {
    const result = spawnSync(join(root, 'node_modules/.bin', program), args, {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (result.status === 0) return;
    console.error(`${program} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
    ok = false;
  };
  for (const { path, manifest } of packed.values()) {
    run('publint', ['run', '--strict', path]);
    const hasTypes = Object.keys(manifest.exports).some((entry) => entry !== './package.json');
    if (hasTypes) run('attw', [path, '--profile', 'esm-only', '--quiet']);
  }
  return ok;
}
