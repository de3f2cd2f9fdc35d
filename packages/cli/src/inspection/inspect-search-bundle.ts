import { openBundle } from '@nearkin/core';
import { inspectBundle } from '@nearkin/searcher';
import { byteSize, counted } from '../terminal/number-text.js';
import { inspectEncoder } from './inspect-encoder.js';
import { indexFacts } from './inspect-index.js';
import type { Inspection } from './inspection.js';

/**
 * Describes a search bundle: its index, its encoder, its thumbnails, every file checked.
 *
 * @throws {NearkinError} `NOT_FOUND`, `BAD_FORMAT`, `UNSUPPORTED_VERSION`, …
 */
export async function inspectSearchBundle(
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<Inspection> {
  const report = await inspectBundle(path, { signal });
  const { index, encoder: file, thumbnails, userinfo, files, bytes, intact, version, dim, modelId } = report;
  const encoder = file === null ? undefined : await describeEncoder(path, { file, signal });
  const damaged = files.filter((one) => !one.intact).map(({ name }) => name);
  return {
    json: {
      kind: 'search bundle',
      version,
      dim,
      modelId,
      index: index?.index ?? null,
      encoder: encoder?.json ?? null,
      thumbnails: thumbnails ?? null,
      userinfo,
      files: files.map((one) => ({ ...one, bytes: one.bytes ?? null })),
      bytes,
      intact,
    },
    facts: [
      ...(index ? indexFacts(index.index).filter(([name]) => name !== 'embedder') : []),
      ['index', index ? byteSize(index.fileBytes) : 'MISSING or damaged'],
      ...(encoder
        ? encoder.facts.filter(([name]) => name !== 'space' && name !== 'identity')
        : [['encoder', 'not in the bundle: give it with --embedder'] as const]),
      ['embedder', modelId],
      ['thumbnails', thumbnails === undefined ? 'none' : counted(thumbnails, 'row')],
      ...(userinfo === null ? [] : [['userinfo', JSON.stringify(userinfo)] as const]),
      ['size', `${byteSize(bytes)} in ${counted(files.length + 1, 'file')}`],
      ['checksums', intact ? 'every file as written' : `DAMAGED: ${damaged.join(', ')}`],
    ],
  };
}

/** @returns undefined when it is too damaged to say anything */
async function describeEncoder(
  path: string,
  { file, signal }: { readonly file: string; readonly signal: AbortSignal },
): Promise<Inspection | undefined> {
  try {
    const { bundle } = await openBundle(path);
    const json = JSON.parse(new TextDecoder().decode(await bundle.read(file, { signal })));
    return await inspectEncoder(bundle, { file, saved: json.userDefinedMetadata?.nearkin ?? {}, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}
