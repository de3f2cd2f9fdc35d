/** Written by train/ship-starter.ts: where the weights are, in a form that bundlers understand. */
export const weightFiles: Readonly<Record<string, URL>> = {
  'model.json': new URL('../weights/model.json', import.meta.url),
  'text-ed5634b0d793b725.safetensors': new URL('../weights/text-ed5634b0d793b725.safetensors', import.meta.url),
  'weights-eb5cf7f9883338aa.bin': new URL('../weights/weights-eb5cf7f9883338aa.bin', import.meta.url),
};
