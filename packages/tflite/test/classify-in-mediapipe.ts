import { ImageClassifier } from '@mediapipe/tasks-vision';
import wasmLoaderPath from '@mediapipe/tasks-vision/vision_wasm_internal.js?url';
import wasmBinaryPath from '@mediapipe/tasks-vision/vision_wasm_internal.wasm?url';

/** Runs MediaPipe's ImageClassifier on square pictures of 8-bit samples: for each, scores by label, best first. */
export async function classifyInMediaPipe(
  bytes: Uint8Array,
  pictures: readonly Uint8Array[],
  { side }: { readonly side: number },
): Promise<Map<string, number>[]> {
  const task = await ImageClassifier.createFromOptions(
    { wasmLoaderPath, wasmBinaryPath },
    { baseOptions: { modelAssetBuffer: bytes, delegate: 'CPU' } },
  );
  try {
    return pictures.map((samples) => {
      const image = new ImageData(side, side);
      for (let i = 0; i < side * side; i++) {
        for (let k = 0; k < 3; k++) image.data[4 * i + k] = samples[3 * i + k]!;
        image.data[4 * i + 3] = 255;
      }
      const [head] = task.classify(image as unknown as HTMLImageElement).classifications;
      return new Map(head!.categories.map(({ categoryName, score }) => [categoryName, score]));
    });
  } finally {
    task.close();
  }
}
