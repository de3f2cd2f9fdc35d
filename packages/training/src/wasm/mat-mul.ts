import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { free, type KernelCall, run } from './wasm-backend.js';

type Call = KernelCall<
  { readonly a: TensorInfo; readonly b: TensorInfo },
  { readonly transposeA: boolean; readonly transposeB: boolean }
>;

/**
 * Wraps a product of matrices so that it never sees a transpose flag: the backend's fast path takes none, and with a flag
 * it is 7 to 27 times slower than a transposition and the fast path together.
 */
export function withoutFlags(product: KernelFunc): KernelFunc {
  return ((call: Call) => {
    const { inputs, attrs, backend } = call;
    if (!attrs.transposeA && !attrs.transposeB) return product(call as never);
    const turned: TensorInfo[] = [];
    const turn = (x: TensorInfo, wanted: boolean): TensorInfo => {
      if (!wanted) return x;
      const rank = x.shape.length;
      const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
      const result = run(backend, 'Transpose', { x }, { perm });
      turned.push(result);
      return result;
    };
    const a = turn(inputs.a, attrs.transposeA);
    const b = turn(inputs.b, attrs.transposeB);
    const out = product({
      ...call,
      inputs: { ...inputs, a, b },
      attrs: { ...attrs, transposeA: false, transposeB: false },
    } as never);
    free(backend, ...turned);
    return out;
  }) as unknown as KernelFunc;
}
