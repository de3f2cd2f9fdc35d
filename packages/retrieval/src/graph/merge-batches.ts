import { NearkinError } from '@nearkin/core';
import { KernelCall } from './kernels/node-spec.js';
import type { Trace, TracedCall, TracedInput } from './trace-kernels.js';

export interface MergedTrace {
  readonly calls: readonly KernelCall[];
  /** Constants of one row for each picture, by tensor id, with a call that reads them. */
  readonly perBatch: ReadonlyMap<number, KernelCall>;
}

/**
 * Two traces of one model to one list of calls: an attribute that holds the batch size (or a multiple of it) in one
 * place becomes -1 there and is marked as following the batch.
 *
 * @throws {NearkinError} `UNSUPPORTED_OP` when the traces differ in anything else
 */
export function mergeBatches(first: Trace, second: Trace, batches: readonly [number, number]): MergedTrace {
  const perBatch = new Map<number, KernelCall>();
  const differ = (layer: string, reason: string) =>
    new NearkinError('UNSUPPORTED_OP', `The layer ${layer} cannot be exported as graph nodes: ${reason}.`, {
      details: { layer },
    });
  if (first.calls.length !== second.calls.length)
    throw differ(first.calls.at(-1)?.layer ?? 'of the model', 'it computes differently for batches of different size');
  const calls = first.calls.map((call, i) => {
    const other = second.calls[i]!;
    if (call.kernel !== other.kernel) throw differ(call.layer, 'it runs other ops for batches of different size');
    const merged = new KernelCall(call, mergeAttrs(call, other, batches));
    for (const [name, from] of call.inputs) {
      const twin = other.inputs.get(name);
      const same = twin && compareSources([from, first], [twin, second], batches);
      if (!same) throw differ(call.layer, `the input ${name} of its op ${call.kernel} depends on the batch size`);
      if (same === 'per batch' && from.kind === 'constant') perBatch.set(from.id, merged);
    }
    return merged;
  });
  return { calls, perBatch };
}

function compareSources(
  [a, first]: [TracedInput, Trace],
  [b, second]: [TracedInput, Trace],
  batches: readonly [number, number],
): 'same' | 'per batch' | undefined {
  if (a.kind === 'call' && b.kind === 'call') return a.call === b.call && a.output === b.output ? 'same' : undefined;
  if (a.kind !== 'constant' || b.kind !== 'constant') return a.kind === b.kind ? 'same' : undefined;
  // Weights are the same tensor; other constants are made anew and must agree in shape.
  const [rows, ...rest] = first.constants.get(a.id)!.shape;
  const [otherRows, ...otherRest] = second.constants.get(b.id)!.shape;
  if (String(rest) !== String(otherRest)) return undefined;
  if (rows === otherRows) return 'same';
  return rows === batches[0] && otherRows === batches[1] ? 'per batch' : undefined;
}

function mergeAttrs(call: TracedCall, other: TracedCall, [a, b]: readonly [number, number]) {
  const attrs: Record<string, unknown> = {};
  const dynamic = new Set<string>();
  for (const [name, value] of Object.entries(call.attrs)) {
    const twin = other.attrs[name];
    attrs[name] = value;
    if (JSON.stringify(value) === JSON.stringify(twin)) continue;
    dynamic.add(name);
    if (!Array.isArray(value) || !Array.isArray(twin)) continue;
    attrs[name] = value.map((size: number, i) => {
      if (size === twin[i]) return size;
      return size % a === 0 && size / a === twin[i] / b ? -1 : Number.NaN;
    });
    if ((attrs[name] as number[]).some(Number.isNaN))
      throw new KernelCall(call, { attrs, dynamic }).unsupported(`follows the batch size in ${name}`);
  }
  return { attrs, dynamic };
}
