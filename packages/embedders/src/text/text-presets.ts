/** A published model of sentences and how to use it. */
export interface TextPreset {
  /** Address of the model's folder. */
  readonly url: string;
  /** True for addresses that answer only with `?tfjs-format=file`, as TensorFlow Hub's do. */
  readonly hub: boolean;
  /** Address of its vocabulary. */
  readonly tokenizer: string;
  readonly dim: number;
  /** Whether the address has been loaded by this project's own tests. */
  readonly tried: boolean;
}

const published = {
  /** Universal Sentence Encoder Lite, English, 8,000 pieces; 512-d. */
  'universal-sentence-encoder-lite': {
    url: 'https://tfhub.dev/tensorflow/tfjs-model/universal-sentence-encoder-lite/1/default/1',
    hub: true,
    tokenizer: 'https://storage.googleapis.com/tfjs-models/savedmodel/universal_sentence_encoder/vocab.json',
    dim: 512,
    tried: false,
  },
} as const satisfies Record<string, TextPreset>;

/** A key of `textPresets`. */
export type TextPresetName = keyof typeof published;

/** Published models of sentences by name; as with `presets`, the addresses have not been tried by this project. */
export const textPresets: Readonly<Record<TextPresetName, TextPreset>> = published;

export function isTextPresetName(name: string): name is TextPresetName {
  return Object.hasOwn(textPresets, name);
}
