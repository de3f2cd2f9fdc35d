import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TinyGraph, tinyOnnx } from './tiny-onnx.js';

/** `[3, 2]`: averages of the channels to an embedding. */
export const projection = [1, -2, 0.5, 3, -1, 0.25];
/** `[pieces, 2]` */
export const pieceTable = [0.5, -0.25, 1, 1, 2, -1, -3, 0.5, 0.25, 4, 5, 1];
export const vocabulary = { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, cat: 4, dog: 5 };
export const mean = [0.4, 0.5, 0.6];
export const std = [0.2, 0.25, 0.5];

const pixels = { pixel_values: { type: 'float' as const, shape: ['n', 3, 4, 4] } };
const tokens = {
  input_ids: { type: 'int64' as const, shape: ['n', 'length'] },
  attention_mask: { type: 'int64' as const, shape: ['n', 'length'] },
};
const table = { shape: [6, 2], floats: pieceTable };

/** The mean of each channel, projected. */
const vision = (output: string): TinyGraph => ({
  inputs: pixels,
  output: { name: output, shape: ['n', 2] },
  constants: { projection: { shape: [3, 2], floats: projection } },
  nodes: [
    { op: 'GlobalAveragePool', inputs: ['pixel_values'], output: 'means' },
    { op: 'Flatten', inputs: ['means'], output: 'flat', attributes: { axis: 1 } },
    { op: 'MatMul', inputs: ['flat', 'projection'], output },
  ],
});

/** The row of each token, added up. */
const words = (output: string): TinyGraph => ({
  inputs: tokens,
  output: { name: output, shape: ['n', 2] },
  constants: { table, axes: { shape: [1], ints: [1] } },
  nodes: [
    { op: 'Gather', inputs: ['table', 'input_ids'], output: 'rows', attributes: { axis: 0 } },
    { op: 'ReduceSum', inputs: ['rows', 'axes'], output, attributes: { keepdims: 0 } },
  ],
});

/** Each pixel is a patch; the first one is taken for the class token. */
const patches: TinyGraph = {
  inputs: pixels,
  output: { name: 'last_hidden_state', shape: ['n', 16, 3] },
  constants: { shape: { shape: [3], ints: [0, 3, 16] } },
  nodes: [
    { op: 'Reshape', inputs: ['pixel_values', 'shape'], output: 'rows' },
    { op: 'Transpose', inputs: ['rows'], output: 'last_hidden_state', attributes: { perm: [0, 2, 1] } },
  ],
};

const sentences: TinyGraph = {
  inputs: tokens,
  output: { name: 'last_hidden_state', shape: ['n', 'length', 2] },
  constants: { table },
  nodes: [{ op: 'Gather', inputs: ['table', 'input_ids'], output: 'last_hidden_state', attributes: { axis: 0 } }],
};

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: null,
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: vocabulary,
  },
};
const tokenizerConfig = {
  tokenizer_class: 'BertTokenizer',
  model_max_length: 6,
  pad_token: '[PAD]',
  unk_token: '[UNK]',
};
const preprocessor = {
  image_processor_type: 'CLIPImageProcessor',
  do_resize: true,
  do_center_crop: true,
  do_normalize: true,
  do_rescale: true,
  rescale_factor: 1 / 255,
  resample: 3,
  size: { shortest_edge: 4 },
  crop_size: { width: 4, height: 4 },
  image_mean: mean,
  image_std: std,
};

/** Writes `tiny/clip`, `tiny/siglip`, `tiny/dinov2` and `tiny/bert` as the library lays models out. */
export async function writeTinyModels(root: string): Promise<void> {
  const write = async (name: string, files: Record<string, object | Uint8Array>) => {
    await mkdir(join(root, 'tiny', name, 'onnx'), { recursive: true });
    for (const [file, content] of Object.entries(files))
      await writeFile(
        join(root, 'tiny', name, file),
        content instanceof Uint8Array ? content : JSON.stringify(content),
      );
  };
  const texts = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': tokenizerConfig };
  await write('clip', {
    'config.json': { model_type: 'clip' },
    'preprocessor_config.json': preprocessor,
    'onnx/vision_model.onnx': tinyOnnx(vision('image_embeds')),
    'onnx/text_model.onnx': tinyOnnx(words('text_embeds')),
    ...texts,
  });
  await write('siglip', {
    'config.json': { model_type: 'siglip' },
    'preprocessor_config.json': {
      ...preprocessor,
      image_processor_type: 'SiglipImageProcessor',
      do_center_crop: undefined,
      crop_size: undefined,
      size: { width: 4, height: 4 },
    },
    'onnx/vision_model.onnx': tinyOnnx(vision('pooler_output')),
    'onnx/text_model.onnx': tinyOnnx(words('pooler_output')),
    ...texts,
  });
  await write('dinov2', {
    'config.json': { model_type: 'dinov2' },
    'preprocessor_config.json': {
      ...preprocessor,
      image_processor_type: 'BitImageProcessor',
      size: { shortest_edge: 6 },
    },
    'onnx/model.onnx': tinyOnnx(patches),
  });
  await write('bert', {
    'config.json': { model_type: 'bert' },
    'onnx/model.onnx': tinyOnnx(sentences),
    ...texts,
  });
}
