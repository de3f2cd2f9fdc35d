/** The two keys that stand alone. */
export const keys = { config: 'INDEX_CONFIG', userInfo: 'USER_INFO' } as const;

/** What a key of an index file stands for; the number is that of a partition or a row. */
export interface SearcherKey {
  readonly kind: 'partition' | 'metadata' | 'config' | 'userInfo' | 'other';
  readonly number: number;
}

const other: SearcherKey = { kind: 'other', number: -1 };
const longestNumber = 10;

/** Partitions are `E_` and a number, metadata `M_` and a number, decimal, without zeros in front. */
export function readKey(key: Uint8Array): SearcherKey {
  if (key[1] !== underscore) return isText(key, keys.config) ? { kind: 'config', number: -1 } : textKey(key);
  const kind = key[0] === capitalE ? 'partition' : key[0] === capitalM ? 'metadata' : undefined;
  const digits = key.length - 2;
  if (!kind || digits < 1 || digits > longestNumber || (digits > 1 && key[2] === zero)) return other;
  let number = 0;
  for (let i = 2; i < key.length; i++) {
    const digit = key[i]! - zero;
    if (digit < 0 || digit > 9) return other;
    number = 10 * number + digit;
  }
  return { kind, number };
}

const [underscore, capitalE, capitalM, zero] = [0x5f, 0x45, 0x4d, 0x30];

function textKey(key: Uint8Array): SearcherKey {
  return isText(key, keys.userInfo) ? { kind: 'userInfo', number: -1 } : other;
}

function isText(key: Uint8Array, text: string): boolean {
  if (key.length !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (key[i] !== text.charCodeAt(i)) return false;
  return true;
}
