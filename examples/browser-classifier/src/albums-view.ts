import { rowsByLabel } from '@nearkin/core';
import { pictureUrl } from './pictures.js';

const stripLength = 2;

/** One card a class: its first pictures, its name, a button that removes it. */
export function showAlbums(
  list: HTMLElement,
  gallery: { readonly ids: readonly string[]; readonly labels: readonly string[] },
  onRemove: (label: string) => void,
): void {
  const cards = [...rowsByLabel(gallery.labels)].map(([label, rows]) => {
    const card = element('li', 'album');
    const strip = element('div', 'strip');
    for (const row of rows.slice(0, stripLength)) strip.append(picture(gallery.ids[row]!));
    const remove = element('button');
    remove.type = 'button';
    remove.textContent = '×';
    remove.ariaLabel = `Remove ${label}`;
    remove.onclick = () => onRemove(label);
    const name = element('h3');
    name.textContent = label;
    const count = element('p');
    count.textContent = rows.length === 1 ? '1 picture' : `${rows.length} pictures`;
    card.append(strip, name, count, remove);
    return card;
  });
  list.replaceChildren(...cards);
}

function picture(id: string): HTMLImageElement {
  const image = element('img');
  image.src = pictureUrl(id);
  image.alt = '';
  image.loading = 'lazy';
  return image;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}
