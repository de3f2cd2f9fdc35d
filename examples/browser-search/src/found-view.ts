import type { Hit, LazyBundleSearcher } from '@nearkin/searcher';

let urls: string[] = [];

/** Lists what was found, best first; a click finds more like it. */
export async function showFound(
  list: HTMLElement,
  options: {
    readonly hits: readonly Hit[];
    readonly searcher: LazyBundleSearcher<Blob>;
    readonly onLike: (id: string) => unknown;
  },
): Promise<void> {
  const { hits, searcher, onLike } = options;
  const pictures = await Promise.all(hits.map(({ id }) => searcher.thumbnail(id)));
  for (const url of urls) URL.revokeObjectURL(url);
  urls = [];
  list.replaceChildren(
    ...hits.map(({ id, score }, i) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.title = `More like ${id}`;
      button.onclick = () => onLike(id);
      button.append(pictureOf(pictures[i]), `${id} `, scoreOf(score));
      item.dataset['id'] = id;
      item.append(button);
      return item;
    }),
  );
}

function pictureOf(bytes: Uint8Array | undefined): HTMLElement {
  if (!bytes) return Object.assign(document.createElement('div'), { className: 'none' });
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  urls.push(url);
  return Object.assign(document.createElement('img'), { src: url, alt: '' });
}

function scoreOf(score: number): HTMLElement {
  return Object.assign(document.createElement('small'), { textContent: score.toFixed(2) });
}
