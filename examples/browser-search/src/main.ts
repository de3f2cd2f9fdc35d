import './style.css';
import { type LazyBundleSearcher, openLazySearcher, type SearchQuery } from '@nearkin/searcher';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { findElement } from './find-element.js';
import { showFound } from './found-view.js';

const words = findElement<HTMLInputElement>('words');
const not = findElement<HTMLInputElement>('not');
const picture = findElement<HTMLInputElement>('picture');
const forget = findElement<HTMLButtonElement>('forget');
const status = findElement('status');
const found = findElement('found');

let backend: Promise<void> | undefined;
/** The page asks with what was typed last: answers that come late are dropped. */
let asked = 0;

async function startBackend(): Promise<void> {
  const { chooseBackend } = await import('@nearkin/embedders/browser');
  await chooseBackend({ wasmPaths: { 'tfjs-backend-wasm-simd.wasm': simd } });
}

async function ask(searcher: LazyBundleSearcher<Blob>, query: SearchQuery<Blob>) {
  const number = ++asked;
  try {
    // Only pictures need tfjs; Vite decides where its file goes, so the page has to tell.
    if (query.image) {
      backend ??= startBackend();
      await backend;
    }
    // #region ask
    const hits = await searcher.search(query, { k: 12 });
    // #endregion ask
    if (number !== asked) return;
    status.textContent = `${hits.length} of ${searcher.header.count} pictures`;
    await showFound(found, { hits, searcher, onLike: (id) => ask(searcher, { like: id }) });
  } catch (error) {
    if (number !== asked) return;
    found.replaceChildren();
    status.textContent = error instanceof Error ? error.message : String(error);
  }
}

try {
  // #region open
  // Words fetch the partitions they look at; openSearcher would fetch the whole index first.
  const searcher = await openLazySearcher<Blob>(
    new URL(new URLSearchParams(location.search).get('bundle') ?? 'bundle/', location.href),
  );
  // #endregion open
  status.textContent = `${searcher.header.count} pictures; ask for one.`;
  const askAgain = () => {
    const image = picture.files?.[0];
    forget.hidden = !image;
    const query: SearchQuery<Blob> = {
      ...(words.value.trim() === '' ? {} : { text: words.value }),
      ...(not.value.trim() === '' ? {} : { not: not.value }),
      ...(image ? { image } : {}),
    };
    if (query.text !== undefined || image) void ask(searcher, query);
    else found.replaceChildren();
  };
  findElement('ask').onsubmit = (event) => event.preventDefault();
  words.oninput = askAgain;
  not.oninput = askAgain;
  picture.onchange = askAgain;
  forget.onclick = () => {
    picture.value = '';
    askAgain();
  };
  // For tests: what the page finds, in numbers.
  Object.assign(window, { searcher });
  document.body.dataset['ready'] = 'true';
} catch (error) {
  status.textContent = `It could not start: ${error instanceof Error ? error.message : error}`;
}
