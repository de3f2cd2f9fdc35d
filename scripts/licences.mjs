// Which licences come along with the public packages. Fails on one that is not in the list below, and where
// THIRD-PARTY-NOTICES.md is out of date; `--write` renews it.
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './pnpm.mjs';

/** They allow what Apache-2.0 allows, given a notice. */
const allowed = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'Unlicense'];
/** Looked at one by one. */
const excused = { 'Apache-2.0 AND LGPL-3.0-or-later': 'libvips beside sharp: linked dynamically, replaceable' };
const notices = join(root, 'THIRD-PARTY-NOTICES.md');

/** As Node resolves: in node_modules here and in every folder above. */
function find(name, from) {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return realpathSync(path);
  }
  return undefined;
}

const readManifest = (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
const found = new Map();
function visit(folder, { dependencies = {} }) {
  for (const name of Object.keys(dependencies)) {
    const path = find(name, folder);
    if (!path) throw new Error(`${name} is not installed; run pnpm install first`);
    const manifest = readManifest(path);
    const key = `${manifest.name}@${manifest.version}`;
    if (found.has(key)) continue;
    found.set(key, { ...manifest, own: path.startsWith(join(root, 'packages')) });
    visit(path, manifest);
  }
}
const packages = join(root, 'packages');
for (const name of readdirSync(packages)) {
  const manifest = readManifest(join(packages, name));
  if (!manifest.private) visit(join(packages, name), manifest);
}

const licenceOf = ({ license, licenses }) => license?.type ?? license ?? licenses?.map(({ type }) => type).join(' OR ');
const isFine = (licence = '') =>
  licence in excused ||
  licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => allowed.includes(one)));
const rows = [...found.values()]
  .filter(({ own }) => !own)
  .map((manifest) => ({ name: manifest.name, version: manifest.version, licence: licenceOf(manifest) }))
  .sort((a, b) => `${a.name}@${a.version}`.localeCompare(`${b.name}@${b.version}`, 'en'));
const strange = rows.filter(({ licence }) => !isFine(licence));
const names = [...new Map(rows.map(({ name, licence }) => [`${name} ${licence}`, { name, licence }])).values()];
const text = `# Third-party notices

Packages that are installed together with the public packages of nearkin, with the licences that they state; nothing of
them is copied into this repository. Their texts lie in the packages themselves. Peers and optional packages that a user
chooses (TensorFlow.js, sharp beside the command line, transformers.js) are counted only where they are dependencies.
Written by \`node scripts/licences.mjs --write\`.

| package | licence |
| ------- | ------- |
${names.map(({ name, licence }) => `| ${name} | ${licence} |`).join('\n')}
`;
if (process.argv.includes('--write')) writeFileSync(notices, text);
const squeeze = (table) => table.replace(/[ -]+/g, ' ');
const isOld = !existsSync(notices) || squeeze(readFileSync(notices, 'utf8')) !== squeeze(text);
if (isOld) console.error('THIRD-PARTY-NOTICES.md is out of date: node scripts/licences.mjs --write');
for (const { name, version, licence } of strange)
  console.error(`${name}@${version}: ${licence ?? 'no licence stated'}`);
console.log(`${rows.length} packages, ${strange.length} with a licence to look at`);
process.exitCode = isOld || strange.length > 0 ? 1 : 0;
