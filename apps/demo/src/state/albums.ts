import type { Entry } from '../engines/gallery-store.js';
import { loadSamples } from '../engines/sample-pack.js';
import { albums, edit, entries } from './gallery.js';
import { complain, tell } from './notices.js';

export interface NewPicture {
  readonly label: string;
  readonly file: File;
}

const count = (n: number, thing: string) => `${n} ${thing}${n === 1 ? '' : 's'}`;

/** Adds pictures to albums, or with the label '' to the library. Files that are there already are passed over. */
export function addPictures(pictures: readonly NewPicture[], what?: string): void {
  const taken = new Map(entries.value.map((entry) => [entry.id, entry]));
  const added: Entry[] = [];
  let known = 0;
  let at = (entries.value.at(-1)?.at ?? 0) + 1;
  for (const { label, file } of pictures) {
    const path = `${label}/${file.name}`;
    if (taken.get(path)?.picture?.size === file.size) {
      known++;
      continue;
    }
    let id = path;
    for (let n = 2; taken.has(id); n++) id = path.replace(/(\.[^./]*)?$/, ` (${n})$1`);
    const entry = { id, label, name: file.name, at: at++, picture: file };
    taken.set(id, entry);
    added.push(entry);
  }
  if (known > 0) tell(`${count(known, 'picture')} ${known === 1 ? 'is' : 'are'} there already.`);
  if (added.length > 0) edit(what ?? `add ${count(added.length, 'picture')}`, [...entries.value, ...added]);
}

/** @returns what is wrong with the name, or '' */
export function albumNameTrouble(name: string, current?: string): string {
  if (name.trim() === '') return 'An album needs a name.';
  if (name.trim() !== current && albums.value.has(name.trim())) return `There is an album “${name.trim()}” already.`;
  return '';
}

export function renameAlbum(from: string, to: string): void {
  edit(
    `rename ${from} to ${to}`,
    entries.value.map((entry) => (entry.label === from ? { ...entry, label: to } : entry)),
  );
}

export function removeAlbum(label: string): void {
  edit(
    `remove the album ${label}`,
    entries.value.filter((entry) => entry.label !== label),
  );
  tell(`The album ${label} is removed.`);
}

export function removePicture({ id, name }: Entry): void {
  edit(
    `remove ${name}`,
    entries.value.filter((entry) => entry.id !== id),
  );
  tell(`${name} is removed.`);
}

/** A dozen everyday things, one drawing each: enough to try everything. */
const everyday = [
  'lemon',
  'spider',
  'balloon',
  'fish',
  'microscope',
  'chicken',
  'old key',
  'crayon',
  'glowing star',
  'skis',
  'green circle',
  'locked',
];

export async function addSampleAlbums(): Promise<void> {
  try {
    const samples = await loadSamples('gallery');
    const chosen = samples.filter(({ label }) => everyday.includes(label));
    addPictures(
      chosen.map(({ label, picture }) => ({ label, file: picture })),
      'add the sample albums',
    );
  } catch (error) {
    complain(error);
  }
}

/** Five themes with a dozen drawings each: hard on purpose, with mistakes to look at. */
export async function addThemeAlbums(): Promise<void> {
  try {
    const samples = await loadSamples('gallery');
    const chosen = ['faces', 'animals', 'food', 'places', 'objects'].flatMap((theme) =>
      samples.filter((sample) => sample.theme === theme).slice(0, 12),
    );
    addPictures(
      chosen.map(({ theme, picture }) => ({ label: theme, file: picture })),
      'add the theme albums',
    );
  } catch (error) {
    complain(error);
  }
}
