import { NearkinError } from '@nearkin/core';

const alignment = 64;
const limit = 2 ** 32 - 65536;

/**
 * The memory that kernels work on, with an allocator. Offsets are 64-byte aligned and never 0.
 *
 * A view is good until the next `allocate`: growing may replace the buffer. Ask again instead of keeping one.
 */
export interface KernelMemory {
  readonly buffer: ArrayBufferLike;
  /** Bytes given out and not freed. */
  readonly used: number;
  /** @throws {NearkinError} `TOO_LARGE` when 4 GiB or the host's memory is exceeded */
  allocate(bytes: number): number;
  /** Gives a block back; 0 is ignored. */
  free(offset: number): void;
  /** A block of another size with the old content, and the old block freed. 0 starts a new one. */
  resize(offset: number, bytes: number): number;
  /** Size of a block as it was asked for, rounded up. */
  sizeOf(offset: number): number;
  f32(offset: number, length: number): Float32Array;
  i32(offset: number, length: number): Int32Array;
  u32(offset: number, length: number): Uint32Array;
  i16(offset: number, length: number): Int16Array;
  u16(offset: number, length: number): Uint16Array;
  i8(offset: number, length: number): Int8Array;
  u8(offset: number, length: number): Uint8Array;
}

/** What a memory stands on: a WebAssembly.Memory, or an ArrayBuffer that is replaced by a larger one. */
export interface MemoryGround {
  buffer(): ArrayBufferLike;
  /** Makes the buffer at least this long, keeping its content; throws when it cannot. */
  grow(bytes: number): void;
}

/** First fit over a list of free blocks, neighbours merged. */
export function createKernelMemory(ground: MemoryGround): KernelMemory {
  const sizes = new Map<number, number>();
  /** Free blocks by rising offset; what lies above `top` was never used. */
  let holes: { offset: number; size: number }[] = [];
  let top = alignment;
  let used = 0;

  const allocate = (bytes: number): number => {
    if (!(bytes >= 0) || bytes > limit) throw tooLarge(bytes);
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
    const hole = holes.find((h) => h.size >= size);
    let offset: number;
    if (hole) {
      offset = hole.offset;
      hole.offset += size;
      hole.size -= size;
      if (hole.size === 0) holes = holes.filter((h) => h !== hole);
    } else {
      offset = top;
      const end = offset + size;
      if (end > limit) throw tooLarge(end);
      if (end > ground.buffer().byteLength) {
        try {
          ground.grow(end);
        } catch (cause) {
          throw tooLarge(end, cause);
        }
      }
      top = end;
    }
    sizes.set(offset, size);
    used += size;
    return offset;
  };

  const free = (offset: number): void => {
    if (offset === 0) return;
    const size = sizes.get(offset);
    if (size === undefined)
      throw new NearkinError('INVALID_ARGUMENT', `Expected the offset of a block in use, got ${offset}.`);
    sizes.delete(offset);
    used -= size;
    let at = holes.findIndex((h) => h.offset > offset);
    if (at < 0) at = holes.length;
    const block = { offset, size };
    holes.splice(at, 0, block);
    const next = holes[at + 1];
    if (next && block.offset + block.size === next.offset) {
      block.size += next.size;
      holes.splice(at + 1, 1);
    }
    const previous = holes[at - 1];
    if (previous && previous.offset + previous.size === block.offset) {
      previous.size += block.size;
      holes.splice(at, 1);
    }
    const last = holes.at(-1);
    if (last && last.offset + last.size === top) {
      top = last.offset;
      holes.pop();
    }
  };

  const sizeOf = (offset: number) => sizes.get(offset) ?? 0;

  return {
    get buffer() {
      return ground.buffer();
    },
    get used() {
      return used;
    },
    allocate,
    free,
    sizeOf,
    resize(offset, bytes) {
      const old = sizeOf(offset);
      if (offset !== 0 && bytes <= old && bytes > old / 2) return offset;
      const moved = allocate(bytes);
      const buffer = ground.buffer();
      new Uint8Array(buffer).set(new Uint8Array(buffer, offset, Math.min(old, bytes)), moved);
      free(offset);
      return moved;
    },
    f32: (offset, length) => new Float32Array(ground.buffer(), offset, length),
    i32: (offset, length) => new Int32Array(ground.buffer(), offset, length),
    u32: (offset, length) => new Uint32Array(ground.buffer(), offset, length),
    i16: (offset, length) => new Int16Array(ground.buffer(), offset, length),
    u16: (offset, length) => new Uint16Array(ground.buffer(), offset, length),
    i8: (offset, length) => new Int8Array(ground.buffer(), offset, length),
    u8: (offset, length) => new Uint8Array(ground.buffer(), offset, length),
  };
}

function tooLarge(bytes: number, cause?: unknown): NearkinError {
  return new NearkinError(
    'TOO_LARGE',
    `Expected at most 4 GiB in one memory, and as much as the host gives; ${bytes} bytes are needed. Split the rows into several indexes.`,
    { details: { bytes }, cause },
  );
}
