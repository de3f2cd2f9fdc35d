// Compiles assembly/ twice (baseline SIMD, relaxed SIMD) into src/generated/. With --check: compares, writes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const flags = ['--runtime', 'stub', '--noAssert', '--importMemory', '--noExportMemory', '-O3', '--shrinkLevel', '1'];
const builds = { baseline: ['simd'], relaxed: ['simd', 'relaxed-simd'] };

for (const [name, features] of Object.entries(builds)) {
  const bytes = await compile(features);
  const source = `// Written by scripts/build-kernels.mjs from assembly/; do not edit.\nexport const ${name} =\n  '${bytes.toString('hex')}';\n`;
  const target = join(folder, 'src', 'generated', `${name}.ts`);
  if (!check) writeFileSync(target, source);
  else if (readFileSync(target, 'utf8') !== source) {
    process.exitCode = 1;
    console.error(`${name}: src/generated/${name}.ts is not what assembly/ compiles to; run: npm run kernels`);
  }
  console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes).length} gzip`);
}

async function compile(features) {
  let wasm;
  const enable = features.flatMap((feature) => ['--enable', feature]);
  const args = ['assembly/index.ts', '-o', 'kernels.wasm', '--baseDir', folder, '--maximumMemory', '65536'];
  const { error, stderr } = await asc.main([...args, ...flags, ...enable], {
    writeFile(_name, contents) {
      wasm = contents;
    },
  });
  if (error || !wasm) throw new Error(`assembly/ does not compile: ${error?.message ?? 'no output'}\n${stderr}`);
  return Buffer.from(wasm);
}
