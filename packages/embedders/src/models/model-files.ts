import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import type { io } from '@tensorflow/tfjs-core';

/** Weights are split so that browsers can load and cache them piece by piece. */
const shardBytes = 16 * 1024 * 1024;

/**
 * Lays a model out as files: `model.json` and weight files that carry a hash of their content, so that `writeBundle` can
 * replace a model in one step. Any tfjs program can load the result.
 *
 * @param options.metadata becomes `userDefinedMetadata.nearkin`, beside what the artifacts' metadata holds
 * @param options.files further files by name, listed in `userDefinedMetadata.nearkin.files` with the weights; give them
 *   names that carry a hash as well ({@link contentName})
 * @example
 * await writeBundle('models/pets', modelFiles(artifacts, { metadata: { labels } }), 'model.json');
 */
export function modelFiles(
  artifacts: io.ModelArtifacts,
  options: {
    readonly metadata?: Readonly<Record<string, unknown>> | undefined;
    readonly files?: ReadonlyMap<string, Uint8Array> | undefined;
  } = {},
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const weights = new Uint8Array(artifacts.weightData as ArrayBuffer);
  const paths: string[] = [];
  for (let at = 0; at < weights.length; at += shardBytes) {
    const shard = weights.subarray(at, at + shardBytes);
    const name = contentName('weights.bin', shard);
    paths.push(name);
    files.set(name, shard);
  }
  for (const [name, bytes] of options.files ?? []) files.set(name, bytes);
  const { weightSpecs = [], modelTopology, format, generatedBy, convertedBy, signature, modelInitializer } = artifacts;
  const json = {
    format,
    generatedBy,
    convertedBy,
    signature,
    modelInitializer,
    userDefinedMetadata: {
      ...(artifacts.userDefinedMetadata as object | undefined),
      nearkin: { ...options.metadata, files: [...files.keys()] },
    },
    modelTopology,
    weightsManifest: [{ paths, weights: weightSpecs }],
  };
  files.set('model.json', new TextEncoder().encode(JSON.stringify(json)));
  return files;
}

/**
 * Puts a hash of the content into a file's name.
 *
 * @example
 * contentName('gallery.safetensors', new Uint8Array([1])); // 'gallery-4bf5122f344554c5.safetensors'
 */
export function contentName(name: string, bytes: Uint8Array): string {
  const dot = name.lastIndexOf('.');
  const hash = bytesToHex(sha256(bytes)).slice(0, 16);
  return dot < 1 ? `${name}-${hash}` : `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
}
