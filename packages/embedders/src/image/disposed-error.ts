import { NearkinError } from '@nearkin/core';

export function disposedError(): NearkinError {
  return new NearkinError('DISPOSED', 'The embedder was disposed of and cannot be used any more; load it again.');
}
