import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import { ImageClassifier } from '@mediapipe/tasks-vision';

/** What a page can do with a model and raw pictures, both by address. */
export interface RuntimesPage {
  /** Scores in the order of the labels. */
  liteRt(task: Task): Promise<number[][]>;
  mediaPipe(task: Task): Promise<number[][]>;
}

interface Task {
  readonly model: string;
  /** 8-bit RGB samples of square pictures, one after another. */
  readonly pictures: string;
  readonly side: number;
  readonly labels: readonly string[];
}

async function bytesOf(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

async function open({ model, pictures, side }: Task) {
  const samples = await bytesOf(pictures);
  const size = side * side * 3;
  const list = Array.from({ length: samples.length / size }, (_, i) => samples.subarray(i * size, (i + 1) * size));
  return { bytes: await bytesOf(model), list };
}

let loading: Promise<unknown> | undefined;

const page: RuntimesPage = {
  async liteRt(task) {
    loading ??= loadLiteRt('/litert/');
    await loading;
    const { bytes, list } = await open(task);
    const model = await loadAndCompile(bytes, { accelerator: 'wasm' });
    const isFloat = model.getInputDetails()[0]!.dtype === 'float32';
    const rows: number[][] = [];
    for (const samples of list) {
      const data = isFloat ? Float32Array.from(samples, (value) => (value - 127.5) / 127.5) : samples;
      const input = new Tensor(data, [1, task.side, task.side, 3]);
      const [output] = await model.run([input]);
      rows.push([...(await output!.data())] as number[]);
      input.delete();
      output!.delete();
    }
    model.delete();
    return rows;
  },
  async mediaPipe(task) {
    const { bytes, list } = await open(task);
    const classifier = await ImageClassifier.createFromOptions(
      { wasmLoaderPath: '/mediapipe/vision_wasm_internal.js', wasmBinaryPath: '/mediapipe/vision_wasm_internal.wasm' },
      { baseOptions: { modelAssetBuffer: bytes, delegate: 'CPU' } },
    );
    const rows = list.map((samples) => {
      const image = new ImageData(task.side, task.side);
      for (let i = 0; i < task.side ** 2; i++) {
        for (let k = 0; k < 3; k++) image.data[4 * i + k] = samples[3 * i + k]!;
        image.data[4 * i + 3] = 255;
      }
      const [head] = classifier.classify(image as unknown as HTMLImageElement).classifications;
      const scores = new Map(head!.categories.map(({ categoryName, score }) => [categoryName, score]));
      return task.labels.map((label) => scores.get(label) ?? Number.NaN);
    });
    classifier.close();
    return rows;
  },
};
Object.assign(globalThis, { runtimesPage: page });
