import { decodeRow } from '../build/encode-rows.js';
import type { IndexState } from '../state/index-state.js';

/** A row as finely as it is kept. */
export function readRow(state: IndexState, row: number): Float32Array {
  const { store, kernels, header, stride, strideI8, strideBf16 } = state;
  const { memory } = kernels;
  const partition = state.rows.partition(row);
  const slot = state.rows.slot(row);
  const at = (name: 'rows.f32' | 'rows.bf16' | 'rows.int8' | 'rows.scale') => {
    const column = store.column(name);
    return column && store.offset(partition, column);
  };
  const [f32, bf16, int8] = [at('rows.f32'), at('rows.bf16'), at('rows.int8')];
  if (f32 !== undefined) return memory.f32(f32 + 4 * slot * stride, header.dim).slice();
  if (bf16 !== undefined) {
    const bits = Uint32Array.from(memory.u16(bf16 + 2 * slot * strideBf16, header.dim), (half) => half << 16);
    return new Float32Array(bits.buffer);
  }
  if (int8 !== undefined) {
    const scale = memory.f32(at('rows.scale')! + 4 * slot, 1)[0]!;
    return Float32Array.from(memory.i8(int8 + slot * strideI8, header.dim), (value) => value * scale);
  }
  return decodeRow(state, { codes: store.getCode(partition, slot), partition });
}
