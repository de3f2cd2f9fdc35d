import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
/** Hundreds of megabytes that a page offers for later; its programs do without. */
const later = ['@huggingface/transformers'];
const drawings = '/start/#pictures-to-play-with';

/**
 * What a reader of a page does: installs what it names, and what the page that it sends the reader to names; saves its
 * programs, of which it shows regions; runs them.
 *
 * @param {string} page `start/evaluate`
 * @returns {{ packages: string[], programs: Map<string, string> }} programs by file name, in the order of the page
 */
export function readPage(page) {
  const text = readFileSync(`${docs}${page}.md`, 'utf8').replace(/^<script setup>.*?<\/script>/s, '');
  const packages = new Set();
  for (const [, names] of text.matchAll(/npm install ((?!--)[^`\n]+)/g))
    for (const name of names.trim().split(/\s+/)) if (!later.includes(name)) packages.add(name);
  const programs = new Map();
  const read = (other) => {
    const { packages: more, programs: drawn } = readPage(other);
    for (const name of more) packages.add(name);
    return drawn;
  };
  const shop = text.includes(drawings) || text.includes('(./#pictures-to-play-with)');
  if (shop && page !== 'start/index') for (const [name, program] of read('start/index')) programs.set(name, program);
  for (const [, other] of text.matchAll(/\]\(\/([a-z/-]+)#_1-install\)/g)) read(other);
  for (const [, other] of text.matchAll(/\]\(\/([a-z/-]+)#_2-drawings\)/g))
    for (const [name, program] of read(other)) if (name.startsWith('draw-')) programs.set(name, program);
  for (const [, name, region] of text.matchAll(/^<<< (?:\.\.\/)+samples\/([\w-]+\.mjs)#(\w+)$/gm))
    programs.set(name, [...(programs.has(name) ? [programs.get(name)] : []), regionOf(name, region)].join('\n'));
  return { packages: [...packages], programs };
}

function regionOf(name, region) {
  const text = readFileSync(`${docs}samples/${name}`, 'utf8');
  const found = new RegExp(`^// #region ${region}\\n(.*?)^// #endregion ${region}$`, 'ms').exec(text);
  if (!found) throw new Error(`${name} has no region ${region}`);
  return found[1];
}
