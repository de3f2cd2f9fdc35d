/** Written by train/ship-starter.ts: where the weights are, in a form that bundlers understand. */
export const weightFiles: Readonly<Record<string, URL>> = {
  'model.json': new URL('../weights/model.json', import.meta.url),
  'text-0afc99e180504950.safetensors': new URL('../weights/text-0afc99e180504950.safetensors', import.meta.url),
  'weights-dae796d5baf05656.bin': new URL('../weights/weights-dae796d5baf05656.bin', import.meta.url),
};
