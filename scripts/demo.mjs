// The demo as it is on the web: built, served on this machine, and opened.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, root } from './pnpm.mjs';
import { serveFolder } from './serve-folder.mjs';

const demo = join(root, 'apps', 'demo');
const built = join(demo, 'dist', 'index.html');
/** Pictures and models are kept by address: the same one every time, as long as it is free. */
const ports = [5417, 5418, 5419, 0];

/** Builds the page unless nothing changed since it was built. */
export function buildDemo() {
  const sources = [join(demo, 'src'), join(demo, 'build'), join(demo, 'index.html'), join(demo, 'vite.config.ts')];
  for (const name of readdirSync(join(root, 'packages'))) sources.push(join(root, 'packages', name, 'src'));
  const since = existsSync(built) ? statSync(built).mtimeMs : 0;
  if (since > 0 && !sources.some((path) => isNewer(path, since))) return true;
  return pnpm(['--filter', '@nearkin/demo', 'run', 'bundle'], { quiet: true });
}

function isNewer(path, since) {
  const { mtimeMs } = statSync(path);
  if (mtimeMs > since) return true;
  return statSync(path).isDirectory() && readdirSync(path).some((name) => isNewer(join(path, name), since));
}

/**
 * Serves the built page.
 *
 * @param {{ stay: boolean, open: boolean }} options stay: until Ctrl-C; else until it has answered once
 * @returns {Promise<boolean>} whether it answered
 */
export async function showDemo({ stay, open }) {
  const site = await firstFree();
  const isThere = await fetch(site.address).then(
    (response) => response.ok,
    () => false,
  );
  console.log(`\nThe demo:                ${site.address}`);
  if (!stay || !isThere) {
    await site.close();
    console.log(
      `                         ${isThere ? 'answered' : 'did not answer'}; at a terminal npm start keeps it up.\n`,
    );
    return isThere;
  }
  console.log('                         teach it, search, look at the map. Ctrl-C ends it.\n');
  if (open) openInBrowser(site.address);
  await new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, done);
  });
  await site.close();
  return true;
}

async function firstFree() {
  for (const port of ports)
    try {
      return await serveFolder(join(demo, 'dist'), { port });
    } catch (error) {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    }
  throw new Error(
    'Expected a free port on 127.0.0.1; 5417 to 5419 and any other were refused. Does something forbid to listen here?',
  );
}

function openInBrowser(address) {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  // Where there is no such program the address is enough.
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
