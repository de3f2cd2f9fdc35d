import { NearkinError } from '@nearkin/core';
import { isRecord } from '../models/model-artifacts.js';
import { badModel } from '../models/weight-specs.js';
import type { TextGraphSettings } from '../text/text-embedder.js';
import type { TransformersReference } from '../transformers/transformers-reference.js';

/** Where an encoder's tower of pictures is: in `model.json` itself, or a model that is named. */
export type StoredImageTower =
  | { readonly id: string; readonly kind: 'model' }
  | { readonly id: string; readonly kind: 'transformers'; readonly reference: TransformersReference };

/** Where its tower of texts is; files are beside `model.json`. */
export type StoredTextTower =
  | { readonly id: string; readonly kind: 'hashed'; readonly file: string }
  | {
      readonly id: string;
      readonly kind: 'graph';
      readonly model: string;
      readonly tokenizer: string;
      readonly settings: TextGraphSettings;
    }
  | { readonly id: string; readonly kind: 'transformers'; readonly reference: TransformersReference };

/** What a saved encoder says of itself, in `userDefinedMetadata.nearkin.encoder` of its `model.json`. */
export interface EncoderMetadata {
  readonly version: 1;
  readonly id: string;
  readonly dim: number;
  readonly image?: StoredImageTower | undefined;
  readonly text?: StoredTextTower | undefined;
}

/**
 * @param json the content of `model.json`
 * @returns undefined when it was not saved as an encoder
 * @throws {NearkinError} `BAD_MODEL`, `UNSUPPORTED_VERSION`
 */
export function readEncoderMetadata(json: unknown, where: string): EncoderMetadata | undefined {
  const user = isRecord(json) ? json['userDefinedMetadata'] : undefined;
  const nearkin = isRecord(user) ? user['nearkin'] : undefined;
  const saved = isRecord(nearkin) ? nearkin['encoder'] : undefined;
  if (!isRecord(saved)) return undefined;
  const { version, id, dim, image, text } = saved;
  if (typeof version === 'number' && version > 1)
    throw new NearkinError(
      'UNSUPPORTED_VERSION',
      `${where} was saved by a newer version (encoder format ${version}, this one reads 1); update nearkin.`,
      { details: { version } },
    );
  if (version !== 1 || typeof id !== 'string' || !Number.isSafeInteger(dim) || (dim as number) < 1)
    throw badModel(where, 'its nearkin.encoder metadata lacks version, id or dim');
  if (image === undefined && text === undefined) throw badModel(where, 'its encoder has no tower');
  if (image !== undefined && !isTower(image, { model: [], transformers: ['reference'] }))
    throw badModel(where, 'its tower of pictures is not valid');
  if (
    text !== undefined &&
    !isTower(text, { hashed: ['file'], graph: ['model', 'tokenizer', 'settings'], transformers: ['reference'] })
  )
    throw badModel(where, 'its tower of texts is not valid');
  return saved as unknown as EncoderMetadata;
}

function isTower(value: unknown, kinds: Readonly<Record<string, readonly string[]>>): boolean {
  if (!isRecord(value) || typeof value['id'] !== 'string' || typeof value['kind'] !== 'string') return false;
  const keys = Object.hasOwn(kinds, value['kind']) ? kinds[value['kind']] : undefined;
  if (!keys) return false;
  return keys.every((key) => {
    const part = value[key];
    if (key === 'settings') return isRecord(part);
    if (key === 'reference') return isRecord(part) && typeof part['model'] === 'string';
    return typeof part === 'string';
  });
}
