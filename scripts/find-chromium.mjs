import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/**
 * The path of a Chromium on this machine, or undefined: `NEARKIN_CHROMIUM` first, then PATH.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  const given = process.env.NEARKIN_CHROMIUM;
  if (given) return given;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {}
    }
  }
  return undefined;
}

/**
 * Makes sure that the browser tests have a browser: finds one, else installs Debian's (as root), else Playwright's own.
 *
 * @returns {boolean} whether there is one now
 */
export function ensureChromium() {
  if (findChromium()) return true;
  if (process.platform === 'linux' && process.getuid?.() === 0 && runs('apt-get', ['--version'])) {
    console.log('No Chromium found: installing the one of Debian (apt-get install chromium).');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = () => runs('apt-get', ['install', '-y', '-qq', 'chromium'], env);
    if (install() || (runs('apt-get', ['update', '-qq'], env) && install())) return findChromium() !== undefined;
  }
  console.log('No Chromium found: downloading the one of Playwright.');
  return runs('npx', ['playwright-core', 'install', 'chromium']);
}

function runs(program, args, env = process.env) {
  return spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
