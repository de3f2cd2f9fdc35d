import { NearkinError } from '@nearkin/core';
import type { AssetHost } from './asset-host.js';

export const host: AssetHost = {
  async readAsset(url, signal) {
    let response: Response;
    try {
      response = await fetch(url, signal ? { signal } : {});
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      if (signal?.aborted) throw new NearkinError('ABORTED', 'Loading the starter was cancelled.', { cause });
      throw new NearkinError('IO_ERROR', `Could not load ${url.href}; is the network there?`, {
        cause,
        details: { url: url.href },
      });
    }
    throw new NearkinError(
      response.status === 404 ? 'NOT_FOUND' : 'IO_ERROR',
      `Could not load ${url.href}: the server answered ${response.status}. Are the starter's weights deployed with the page?`,
      { details: { url: url.href, status: response.status } },
    );
  },
};
