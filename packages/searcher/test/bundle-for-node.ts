import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/**
 * Bundles a source file into plain JavaScript that a process or worker of its own can run.
 *
 * @returns the folder to remove afterwards, and the program in it
 */
export async function bundleForNode(entry: string): Promise<{ folder: string; program: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'nearkin-program-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, resolve: { conditions: ['nearkin-source', 'node'] } },
    build: {
      ssr: entry,
      outDir: folder,
      target: 'node20',
      minify: false,
      rollupOptions: { output: { format: 'esm' } },
    },
  });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const program = (await readdir(folder)).find((name) => /\.m?js$/.test(name))!;
  return { folder, program: join(folder, program) };
}
