import { createPicture } from '@nearkin/core';
import { type BackendChoice, chooseBackend, loadImageEmbedder, type WasmPaths } from '../src/browser.js';

/** What the tests of both hosts ask a page to do; runs in Chromium, bundled. */
export interface AgreementPage {
  choose(wasmPaths: WasmPaths): Promise<BackendChoice>;
  /** Embeddings of square RGB pictures that lie one after another in a file, then of an encoded picture. */
  embed(urls: { model: string; raw: string; encoded: string }, side: number): Promise<number[][]>;
}

const bytesOf = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

const page: AgreementPage = {
  choose: (wasmPaths) => chooseBackend({ force: 'wasm', wasmPaths }),
  async embed(urls, side) {
    const embedder = await loadImageEmbedder(urls.model);
    const raw = await bytesOf(urls.raw);
    const size = side * side * 3;
    const pictures = Array.from({ length: raw.length / size }, (_, i) =>
      createPicture({ data: raw.subarray(i * size, (i + 1) * size), width: side, height: side, channels: 3 }),
    );
    const { data, dim } = await embedder.embed([...pictures, new Blob([await bytesOf(urls.encoded)])]);
    embedder.dispose();
    return Array.from({ length: data.length / dim }, (_, i) => [...data.subarray(i * dim, (i + 1) * dim)]);
  },
};

Object.assign(globalThis, { agreementPage: page });
