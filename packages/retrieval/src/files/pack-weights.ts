import type { io } from '@tensorflow/tfjs-core';
import type { Weight } from '../graph/graph-def.js';

type WeightData = Float32Array | Int32Array | Uint8Array;

/**
 * One constant as it is stored. Int8 codes (integers from -128 to 127 held as floats) take one byte each, in the uint8
 * quantisation that every tfjs loader undoes exactly.
 */
export function packWeight(
  name: string,
  value: { readonly shape: readonly number[]; readonly dtype: 'float32' | 'int32' | 'bool'; readonly data: WeightData },
  options: { readonly codes?: boolean } = {},
): Weight {
  const { shape, dtype, data } = value;
  const spec: io.WeightsManifestEntry = { name, shape: [...shape], dtype };
  if (!options.codes) return { spec, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() };
  return {
    spec: { ...spec, quantization: { dtype: 'uint8', scale: 1, min: -128 } },
    bytes: Uint8Array.from(data as Float32Array, (code) => code + 128),
  };
}

/** Manifest and bytes in one order; one-byte weights last, so that the others stay aligned. */
export function joinWeights(weights: readonly Weight[]): Pick<io.ModelArtifacts, 'weightSpecs' | 'weightData'> {
  const sorted = [...weights].sort((a, b) => Number(isByte(a)) - Number(isByte(b)));
  const data = new Uint8Array(sorted.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of sorted) {
    data.set(bytes, at);
    at += bytes.length;
  }
  return { weightSpecs: sorted.map(({ spec }) => spec), weightData: data.buffer };
}

/** Manifest and bytes, taken apart; the bytes are views. */
export function splitWeights(artifacts: io.ModelArtifacts): Weight[] {
  const bytes = new Uint8Array(artifacts.weightData as ArrayBuffer);
  let at = 0;
  return (artifacts.weightSpecs ?? []).map((spec) => {
    const length = storedLength(spec, bytes.subarray(at));
    const weight = { spec, bytes: bytes.subarray(at, at + length) };
    at += length;
    return weight;
  });
}

function storedLength(spec: io.WeightsManifestEntry, rest: Uint8Array): number {
  const count = spec.shape.reduce((a, b) => a * b, 1);
  if (spec.dtype === 'string') {
    const view = new DataView(rest.buffer, rest.byteOffset, rest.byteLength);
    let at = 0;
    for (let i = 0; i < count; i++) at += 4 + view.getUint32(at, true);
    return at;
  }
  const quantized = spec.quantization?.dtype;
  if (quantized) return count * (quantized === 'uint8' ? 1 : 2);
  return count * (spec.dtype === 'bool' ? 1 : spec.dtype === 'complex64' ? 8 : 4);
}

function isByte({ spec }: Weight): boolean {
  return spec.quantization?.dtype === 'uint8' || spec.dtype === 'bool';
}
