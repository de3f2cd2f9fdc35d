import * as transformers from '@huggingface/transformers';
import { createPicture } from '@nearkin/core';
import { loadDualEncoder, loadEncoder } from '../src/encoder.js';

/** What the test of tiny models asks a page to do; runs in Chromium, bundled. */
export interface TransformersPage {
  /** Rows of pictures (4 x 4, RGB) and of texts by a model that has both. */
  dual(model: string, batch: { pictures: readonly number[][]; texts: readonly string[] }): Promise<number[][]>;
  /** Rows by a model of one side. */
  single(model: string, batch: { pictures?: readonly number[][]; texts?: readonly string[] }): Promise<number[][]>;
}

const { env } = transformers;
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.useBrowserCache = false;
env.localModelPath = '/models/';
env.backends.onnx.wasm!.wasmPaths = `${location.origin}/ort/`;

const options = { transformers: { module: transformers, device: 'wasm' } };
const pictureOf = (data: readonly number[]) =>
  createPicture({ data: Uint8Array.from(data), width: 4, height: 4, channels: 3 });
const rows = ({ data, dim }: { data: Float32Array; dim: number }) =>
  Array.from({ length: data.length / dim }, (_, i) => [...data.subarray(i * dim, (i + 1) * dim)]);

const page: TransformersPage = {
  async dual(model, { pictures, texts }) {
    using encoder = await loadDualEncoder(model, options);
    return [...rows(await encoder.image.embed(pictures.map(pictureOf))), ...rows(await encoder.text.embed(texts))];
  },
  async single(model, { pictures, texts }) {
    using encoder = await loadEncoder(model, options);
    return rows(
      pictures ? await encoder.image!.embed(pictures.map(pictureOf)) : await encoder.text!.embed(texts ?? []),
    );
  },
};

Object.assign(globalThis, { transformersPage: page });
