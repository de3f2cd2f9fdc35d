// Compiles assembly/ twice (baseline SIMD, relaxed SIMD) into src/generated/. With --check: compares, writes nothing.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const folder = fileURLToPath(new URL('..', import.meta.url));
const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
const check = process.argv.includes('--check');
const flags = [
  '--runtime',
  'stub',
  '--noAssert',
  '--importMemory',
  '--noExportMemory',
  '--maximumMemory',
  '65536',
  '-O3',
  '--shrinkLevel',
  '1',
];
const builds = { baseline: ['simd'], relaxed: ['simd', 'relaxed-simd'] };
let stale = false;

for (const [name, features] of Object.entries(builds)) {
  const temporary = mkdtempSync(join(tmpdir(), 'nearkin-kernels-'));
  const wasm = join(temporary, 'kernels.wasm');
  const enable = features.flatMap((feature) => ['--enable', feature]);
  execFileSync(process.execPath, [asc, 'assembly/index.ts', '-o', wasm, ...flags, ...enable], {
    cwd: folder,
    stdio: 'inherit',
  });
  const bytes = readFileSync(wasm);
  rmSync(temporary, { recursive: true });
  const source = `// Written by scripts/build-kernels.mjs from assembly/; do not edit.\nexport const ${name} =\n  '${bytes.toString('hex')}';\n`;
  const target = join(folder, 'src', 'generated', `${name}.ts`);
  if (!check) writeFileSync(target, source);
  else if (readFileSync(target, 'utf8') !== source) {
    stale = true;
    console.error(`${name}: src/generated/${name}.ts is not what assembly/ compiles to; run: npm run kernels`);
  }
  console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes).length} gzip`);
}
process.exit(stale ? 1 : 0);
