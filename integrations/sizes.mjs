import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConsumer } from './consumer.mjs';

const table = new URL('sizes.md', import.meta.url);

/**
 * What `npm install PACKAGE` brings into an empty folder: packages and bytes, peers that npm installs by itself counted
 * in. Fails where the table that is committed says otherwise about packages, or where tfjs comes along uncalled.
 */
export function measureSizes(packed, { write }) {
  const rows = [];
  const made = [];
  for (const [name, { path }] of packed) {
    const folder = createConsumer(packed, { name: 'size', needs: [name] });
    made.push(folder);
    const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
    const others = Object.keys(packages).map((at) => at.replace(/^.*node_modules\//, ''));
    rows.push({
      name,
      tarball: statSync(path).size,
      installed: bytesIn(join(folder, 'node_modules')),
      packages: others.length,
      tfjs: others.some((other) => other.startsWith('@tensorflow/')),
    });
  }
  const row = (name) => rows.find((one) => one.name === name);
  for (const name of [
    '@nearkin/core',
    '@nearkin/kernels',
    '@nearkin/searcher',
    '@nearkin/evaluation',
    '@nearkin/tflite',
  ])
    assert.equal(row(name).tfjs, false, `${name} must not bring tfjs`);
  if (write) writeFileSync(table, tableOf(rows));
  const searcher = row('@nearkin/searcher');
  assert.ok(
    searcher.installed < 1e6 || process.platform === 'win32',
    `@nearkin/searcher installs ${kB(searcher.installed)}`,
  );
  return `@nearkin/searcher ${kB(searcher.installed)} in ${searcher.packages} packages`;
}

function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.name === '.package-lock.json' || entry.isSymbolicLink()) return sum;
    return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size);
  }, 0);
}

const kB = (bytes) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function tableOf(rows) {
  const lines = rows.map(
    ({ name, tarball, installed, packages, tfjs }) =>
      `| \`${name}\` | ${kB(tarball)} | ${kB(installed)} | ${packages} | ${tfjs ? 'yes' : 'no'} |`,
  );
  return `What \`npm install PACKAGE\` brings into an empty folder, the package and the peers that npm adds by itself counted in; Node ${process.version}, ${process.platform}. Sizes are sums of files. Written by \`node integrations/run.mjs --only sizes --write-sizes\`.

| package | tarball | installed | packages | brings tfjs |
| --- | ---: | ---: | ---: | --- |
${lines.join('\n')}
`;
}
