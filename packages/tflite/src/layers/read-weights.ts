import { NearkinError } from '@nearkin/core';
import type { LayersArtifacts, StoredWeight } from './layers-artifacts.js';

export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by name, as real numbers, whatever they are stored as. */
export interface Weights {
  /**
   * @param layer the layer's own name; weights of nested models may carry their models' names before it
   * @throws {NearkinError} `BAD_MODEL` when there is none, or it has another shape
   */
  get(layer: string, weight: string, shape: readonly number[]): Weight;
  has(layer: string, weight: string): boolean;
}

const itemBytes: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1 };
const quantizedBytes: Readonly<Record<string, number>> = { uint8: 1, uint16: 2, float16: 2 };

/** @throws {NearkinError} `BAD_MODEL` when specs and data do not fit together */
export function readWeights(artifacts: LayersArtifacts): Weights {
  const specs = artifacts.weightSpecs ?? [];
  const bytes = joined(artifacts.weightData);
  const places = new Map<string, { spec: StoredWeight; at: number; count: number }>();
  let at = 0;
  for (const spec of specs) {
    const count = spec.shape.reduce((a, b) => a * b, 1);
    const width = spec.quantization ? quantizedBytes[spec.quantization.dtype] : itemBytes[spec.dtype];
    if (!width || !Number.isSafeInteger(count) || count < 0 || at + count * width > bytes.length)
      throw bad(
        `the weight ${spec.name} (${spec.dtype} [${spec.shape.join(', ')}]) does not fit its ${bytes.length} bytes`,
      );
    places.set(spec.name, { spec, at, count });
    at += count * width;
  }
  const find = (layer: string, weight: string) => {
    const name = `${layer}/${weight}`;
    if (places.has(name)) return name;
    for (const known of places.keys()) if (known.endsWith(`/${name}`)) return known;
    return undefined;
  };
  return {
    has: (layer, weight) => find(layer, weight) !== undefined,
    get(layer, weight, shape) {
      const name = find(layer, weight);
      if (name === undefined) throw bad(`the layer ${layer} has no weight ${weight}`);
      const { spec, at: start, count } = places.get(name)!;
      if (spec.shape.length !== shape.length || spec.shape.some((size, i) => size !== shape[i]))
        throw bad(`the weight ${name} has shape [${spec.shape.join(', ')}], expected [${shape.join(', ')}]`);
      return { shape, data: realNumbers(spec, bytes, { start, count }) };
    },
  };
}

function realNumbers(
  { quantization, dtype }: StoredWeight,
  bytes: Uint8Array,
  { start, count }: { start: number; count: number },
): Float32Array {
  const stored = quantization?.dtype ?? dtype;
  const width = quantization ? quantizedBytes[stored]! : itemBytes[stored]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * width);
  const { scale = 1, min = 0 } = quantization ?? {};
  const read = readers[stored] ?? readers['uint8']!;
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = read(view, i * width);
  if (quantization && stored !== 'float16') for (let i = 0; i < count; i++) out[i] = out[i]! * scale + min;
  return out;
}

const readers: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  float32: (view, at) => view.getFloat32(at, true),
  int32: (view, at) => view.getInt32(at, true),
  float16: (view, at) => halfFloat(view.getUint16(at, true)),
  uint16: (view, at) => view.getUint16(at, true),
  uint8: (view, at) => view.getUint8(at),
};

/** @source IEEE 754-2008, binary16 */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function joined(data: LayersArtifacts['weightData']): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data === undefined) return new Uint8Array(0);
  if (!Array.isArray(data)) return new Uint8Array(data as ArrayBuffer);
  const out = new Uint8Array(data.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of data) {
    out.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return out;
}

function bad(reason: string): NearkinError {
  return new NearkinError('BAD_MODEL', `The layers model cannot be converted: ${reason}.`);
}
