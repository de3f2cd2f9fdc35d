import type { TransformersReference } from './transformers-reference.js';

/** How models of @huggingface/transformers are run; none of it changes what they answer but for rounding. */
export interface TransformersOptions {
  /**
   * The library itself, where the program has imported it: `import * as transformers from '@huggingface/transformers'`.
   * Default: it is imported when it is needed.
   */
  readonly module?: unknown;
  /** Where it runs: `cpu`, `wasm`, `webgpu`, …; the library's choice where left out. */
  readonly device?: string | undefined;
  /** Further options of the library's `from_pretrained`, such as `cache_dir` and `local_files_only`. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

const scheme = 'hf:';

/**
 * Reads `hf:OWNER/NAME`, `hf:OWNER/NAME@REVISION`, either with `?dtype=q8` behind it; without, weights are float32 on
 * every host.
 *
 * @returns undefined for any other source
 */
export function parseTransformersSource(source: unknown): TransformersReference | undefined {
  if (typeof source !== 'string' || !source.startsWith(scheme)) return undefined;
  const [name = '', query = ''] = source.slice(scheme.length).split('?');
  const at = name.indexOf('@');
  const dtype = new URLSearchParams(query).get('dtype');
  return {
    model: at < 0 ? name : name.slice(0, at),
    ...(at < 0 ? {} : { revision: name.slice(at + 1) }),
    ...(dtype === null ? {} : { dtype }),
  };
}
