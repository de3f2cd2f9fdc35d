import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fails the build when what a first visit has to run before it sees the page grows beyond a bound. */
export function initialSize({ limitBytes }: { readonly limitBytes: number }): Plugin {
  return {
    name: 'initial-size',
    apply: 'build',
    generateBundle(_, bundle) {
      const counted = new Map<string, number>();
      const count = (file: string) => {
        const chunk = bundle[file];
        if (chunk?.type !== 'chunk' || counted.has(file)) return;
        counted.set(file, gzipSync(chunk.code).length);
        chunk.imports.forEach(count);
      };
      for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk' && chunk.isEntry) count(chunk.fileName);
      const bytes = [...counted.values()].reduce((sum, length) => sum + length, 0);
      if (bytes > limitBytes)
        this.error(`The page's own scripts are ${bytes} bytes gzipped, more than ${limitBytes}: ${[...counted]}`);
      this.info(`scripts before any engine: ${(bytes / 1000).toFixed(1)} kB gzipped, in ${counted.size} files`);
    },
  };
}
