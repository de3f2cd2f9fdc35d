import { type ByteSink, createByteSink } from './byte-sink.js';

/** A block under construction. */
export interface BlockBuilder {
  /** Bytes it would have if it were finished now. */
  readonly size: number;
  readonly isEmpty: boolean;
  /** Keys must rise. */
  add(key: Uint8Array, value: Uint8Array): void;
  /** The bytes; the builder starts anew with the next `add`, which outdates them. */
  finish(): Uint8Array;
}

/**
 * Builds blocks as LevelDB does: what a key shares with the one before is left out, except at restart points.
 *
 * @param options.restartInterval keys from one restart point to the next
 * @source LevelDB, table/block_builder.cc
 */
export function createBlockBuilder({ restartInterval }: { restartInterval: number }): BlockBuilder {
  const sink: ByteSink = createByteSink(4096);
  let restarts = [0];
  let sinceRestart = 0;
  let last = new Uint8Array(0);
  let finished = false;
  const renew = () => {
    if (!finished) return;
    sink.clear();
    restarts = [0];
    sinceRestart = 0;
    last = new Uint8Array(0);
    finished = false;
  };
  return {
    get size() {
      return finished ? 8 : sink.length + 4 * (restarts.length + 1);
    },
    get isEmpty() {
      return finished || sink.length === 0;
    },
    add(key, value) {
      renew();
      let shared = 0;
      if (sinceRestart < restartInterval) {
        const most = Math.min(last.length, key.length);
        while (shared < most && last[shared] === key[shared]) shared++;
      } else {
        restarts.push(sink.length);
        sinceRestart = 0;
      }
      sink.varint(shared);
      sink.varint(key.length - shared);
      sink.varint(value.length);
      sink.push(key.subarray(shared));
      sink.push(value);
      last = key.slice();
      sinceRestart++;
    },
    finish() {
      renew();
      for (const restart of restarts) sink.uint32(restart);
      sink.uint32(restarts.length);
      finished = true;
      return sink.view();
    },
  };
}
