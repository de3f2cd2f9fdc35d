import { NearkinError } from '@nearkin/core';

/** The wasm backend convolves in NHWC alone; its own kernels say so too. */
export function requireChannelsLast(kernel: string, dataFormat: string | undefined): void {
  if (dataFormat !== undefined && dataFormat !== 'NHWC')
    throw new NearkinError('UNSUPPORTED', `On wasm ${kernel} takes the format NHWC, got ${dataFormat}.`, {
      details: { kernel, dataFormat },
    });
}
