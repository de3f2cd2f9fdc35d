/** The JavaScript twin's memory seen through every type; replaced views after growth, so always read `heap.x`. */
export interface Heap {
  f32: Float32Array;
  i32: Int32Array;
  u32: Uint32Array;
  i16: Int16Array;
  u16: Uint16Array;
  i8: Int8Array;
  u8: Uint8Array;
}

/** Points every view at the buffer. */
export function viewHeap(heap: Heap, buffer: ArrayBuffer): void {
  heap.f32 = new Float32Array(buffer);
  heap.i32 = new Int32Array(buffer);
  heap.u32 = new Uint32Array(buffer);
  heap.i16 = new Int16Array(buffer);
  heap.u16 = new Uint16Array(buffer);
  heap.i8 = new Int8Array(buffer);
  heap.u8 = new Uint8Array(buffer);
}
