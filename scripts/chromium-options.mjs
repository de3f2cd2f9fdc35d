import { findChromium } from './find-chromium.mjs';

/** Runs as root in a container, and asks nobody anything in the background. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * How every Chromium here is started, by Playwright: the one of this machine, else Playwright's own.
 *
 * @param {string[]} [args] more flags, after the common ones
 * @returns {{ executablePath?: string, args: string[] }} launch options
 */
export function chromiumOptions(args = []) {
  const executablePath = findChromium();
  return { ...(executablePath ? { executablePath } : {}), args: [...quiet, ...args] };
}

/**
 * Flags of a camera that needs no permission and shows a film.
 *
 * @param {string} film path of a file of JPEGs, one after another
 */
export const fakeCamera = (film) => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-video-capture=${film}`,
];
