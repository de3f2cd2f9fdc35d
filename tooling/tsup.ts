import { defineConfig } from 'tsup';

/**
 * The build every package shares: ESM for Node 20 and current browsers, with declarations.
 *
 * `NEARKIN_DTS=off` leaves the declarations out (they are most of the time), for `npm start`.
 *
 * @param entry source files, relative to the package
 * @param options.dts false for programs without an interface
 */
export function defineBuild(entry: string[], options: { dts?: boolean } = {}) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    dts: options.dts !== false && process.env['NEARKIN_DTS'] !== 'off',
    clean: true,
    splitting: true,
    treeshake: true,
    external: [/^node:/, /^#/],
  });
}
