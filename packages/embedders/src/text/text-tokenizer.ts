import { isRecord } from '../models/model-artifacts.js';
import { badModel } from '../models/weight-specs.js';

/** Turns texts into numbers of pieces. */
export interface TextTokenizer {
  /**
   * @returns ids of the pieces, with the marks that the model wants around them; none when no piece is known
   */
  encode(text: string): number[];
}

/** What a tokenizer is made of: the content of `tokenizer.json`, and of `tokenizer_config.json` if there is one. */
export interface TokenizerFiles {
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Makes a tokenizer of its description: WordPiece, unigram (SentencePiece) or byte pairs, as `tokenizer.json` says.
 *
 * @throws {NearkinError} `BAD_MODEL` for a description that is not valid
 */
export async function createTextTokenizer(files: unknown, where: string): Promise<TextTokenizer> {
  if (!isRecord(files) || !isRecord(files['tokenizer'])) throw badModel(where, 'its tokenizer is not valid');
  const { tokenizer: description, config } = files as unknown as TokenizerFiles;
  const { Tokenizer } = await import('@huggingface/tokenizers');
  let tokenizer: InstanceType<typeof Tokenizer>;
  let unknown: number | undefined;
  try {
    tokenizer = new Tokenizer(description, config ?? {});
    unknown = unknownId(description, (token) => tokenizer.token_to_id(token));
    tokenizer.encode('a', { add_special_tokens: false });
  } catch (cause) {
    throw badModel(where, `its tokenizer is not valid: ${(cause as Error).message}`, cause);
  }
  return {
    encode(text) {
      const bare = tokenizer.encode(text, { add_special_tokens: false }).ids;
      if (bare.every((id) => id === unknown || id === undefined)) return [];
      return tokenizer.encode(text).ids.map((id) => id ?? unknown ?? 0);
    },
  };
}

function unknownId(description: TokenizerFiles['tokenizer'], find: (token: string) => number | undefined) {
  const model = description['model'];
  if (!isRecord(model)) return undefined;
  if (typeof model['unk_id'] === 'number') return model['unk_id'];
  return typeof model['unk_token'] === 'string' ? find(model['unk_token']) : undefined;
}

/**
 * The tokenizer of a BERT vocabulary: one piece in each line, `##` before those that go on a word, lower case.
 *
 * @param text content of `vocab.txt`
 * @source Wu et al., Google's Neural Machine Translation System (2016), section 4.1
 */
export function wordPieceTokenizer(text: string): TokenizerFiles {
  const pieces = text.split(/\r?\n/);
  if (pieces.at(-1) === '') pieces.pop();
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].filter((token) => token in vocab);
  const mark = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const around = '[CLS]' in vocab && '[SEP]' in vocab;
  const cased = pieces.some((piece) => /^\p{Lu}\p{Ll}/u.test(piece));
  return {
    tokenizer: {
      version: '1.0',
      added_tokens: special.map((content) => ({ id: vocab[content], content, special: true })),
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: !cased,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: around
        ? {
            type: 'TemplateProcessing',
            single: [mark('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, mark('[SEP]')],
            pair: [],
            special_tokens: Object.fromEntries(
              ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [vocab[id]], tokens: [id] }]),
            ),
          }
        : null,
      decoder: null,
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab,
      },
    },
  };
}

/**
 * The tokenizer of a SentencePiece unigram vocabulary: `[["piece", score], …]`, `▁` for the space before a word, the
 * unknown piece first. The Universal Sentence Encoder Lite has one.
 *
 * @source Kudo, Subword Regularization (2018), section 3
 */
export function unigramTokenizer(vocab: unknown, where: string): TokenizerFiles {
  const fine =
    Array.isArray(vocab) &&
    vocab.length > 0 &&
    vocab.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string' && Number.isFinite(entry[1]));
  if (!fine) throw badModel(where, 'its vocabulary is not a list of [piece, score]');
  return {
    tokenizer: {
      version: '1.0',
      added_tokens: [],
      normalizer: { type: 'NFKC' },
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false },
      post_processor: null,
      decoder: null,
      model: { type: 'Unigram', unk_id: 0, vocab },
    },
  };
}
