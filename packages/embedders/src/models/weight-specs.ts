import { NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';

type Spec = io.WeightsManifestEntry;

const itemBytes: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, complex64: 8 };
const quantizedBytes: Readonly<Record<string, number>> = { uint8: 1, uint16: 2, float16: 2 };

/**
 * Checks the list of weights of a model file: names, shapes, types, quantisation.
 *
 * @throws {NearkinError} `BAD_MODEL`
 */
export function parseSpecs(value: unknown, where: string): Spec[] {
  if (!Array.isArray(value)) throw badModel(where, 'it has no list of weights');
  return value.map((entry: unknown) => {
    const spec = (typeof entry === 'object' && entry !== null ? entry : {}) as Partial<Spec>;
    const { name, shape, dtype, quantization } = spec;
    if (typeof name !== 'string' || name === '') throw badModel(where, 'a weight has no name');
    if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0))
      throw badModel(where, `the weight ${name} has no valid shape, got ${JSON.stringify(shape)}`);
    if (typeof dtype !== 'string' || (dtype !== 'string' && !Object.hasOwn(itemBytes, dtype)))
      throw badModel(where, `the weight ${name} has the unknown type ${JSON.stringify(dtype)}`);
    if (quantization !== undefined) assertQuantization(name, { dtype, quantization, where });
    return entry as Spec;
  });
}

function assertQuantization(name: string, spec: { dtype: string; quantization: unknown; where: string }): void {
  const { dtype, quantization, where } = spec;
  const q = (quantization ?? {}) as { dtype?: unknown; scale?: unknown; min?: unknown };
  if (typeof q.dtype !== 'string' || !Object.hasOwn(quantizedBytes, q.dtype))
    throw badModel(
      where,
      `the weight ${name} is quantised as ${JSON.stringify(q.dtype)}, expected uint8, uint16 or float16`,
    );
  if (dtype !== 'float32' && !(dtype === 'int32' && q.dtype !== 'float16'))
    throw badModel(where, `the weight ${name} of type ${dtype} cannot be quantised as ${q.dtype}`);
  if (q.dtype === 'float16') return;
  const levels = q.dtype === 'uint8' ? 255 : 65535;
  const { scale, min } = q;
  const sane = typeof scale === 'number' && typeof min === 'number' && scale >= 0;
  if (!sane || ![min, min + scale * levels].every((n) => Number.isFinite(Math.fround(n))))
    throw badModel(where, `the weight ${name} has no usable quantisation (scale ${scale}, min ${min})`);
}

/** Bytes of one weight as stored; `bytes` from its start on are only looked at for strings, whose length they tell. */
export function storedBytes(spec: Spec, bytes: Uint8Array, where: string): number {
  const count = spec.shape.reduce((a, b) => a * b, 1);
  if (spec.dtype !== 'string')
    return count * (spec.quantization ? quantizedBytes[spec.quantization.dtype]! : itemBytes[spec.dtype]!);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw badModel(where, `the weight ${spec.name} is cut off`);
    at += 4 + view.getUint32(at, true);
  }
  return at;
}

/**
 * Checks that the bytes are as long as the weights claim.
 *
 * @throws {NearkinError} `BAD_MODEL`
 */
export function assertWeights(specs: readonly Spec[], bytes: Uint8Array, where: string): void {
  let at = 0;
  for (const spec of specs) {
    at += storedBytes(spec, bytes.subarray(Math.min(at, bytes.length)), where);
    if (at > bytes.length)
      throw badModel(
        where,
        `the weight ${spec.name} of shape ${spec.shape.join(' x ')} ends at byte ${at}, the weights at ${bytes.length}; is a file cut off?`,
      );
  }
  if (at !== bytes.length) throw badModel(where, `its weights need ${at} bytes, its files hold ${bytes.length}`);
}

/** The specs that pass, with their bytes in the same order. */
export function selectWeights(
  artifacts: io.ModelArtifacts,
  keep: (spec: Spec) => boolean,
): { weightSpecs: Spec[]; weightData: ArrayBuffer } {
  const bytes = new Uint8Array(artifacts.weightData as ArrayBuffer);
  const kept: { spec: Spec; part: Uint8Array }[] = [];
  let at = 0;
  let total = 0;
  for (const spec of artifacts.weightSpecs ?? []) {
    const length = storedBytes(spec, bytes.subarray(at), 'the model');
    if (keep(spec)) {
      kept.push({ spec, part: bytes.subarray(at, at + length) });
      total += length;
    }
    at += length;
  }
  const out = new Uint8Array(total);
  let to = 0;
  for (const { part } of kept) {
    out.set(part, to);
    to += part.length;
  }
  return { weightSpecs: kept.map(({ spec }) => spec), weightData: out.buffer };
}

export function badModel(where: string, reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_MODEL', `${where} is not a usable model: ${reason}.`, { cause, details: { where } });
}
