import { readFile } from 'node:fs/promises';
import { NearkinError } from '@nearkin/core';
import {
  describeTflite,
  type Normalization,
  readAssociatedFile,
  type TfliteMetadata,
  type TfliteTensorInfo,
} from '@nearkin/tflite';
import { byteSize, counted } from '../terminal/number-text.js';
import { inspectSearcher } from './inspect-searcher.js';
import { labelList } from './inspect-tensors.js';
import type { Inspection } from './inspection.js';

const shownKinds = 6;
const texts = ['name', 'description', 'version', 'author', 'license'] as const;

/**
 * Describes a `.tflite` file: a model that searches by its index, any other by its tensors, operators and metadata.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED`, `UNSUPPORTED_VERSION`, `TOO_LARGE`
 */
export async function inspectTflite(path: string): Promise<Inspection> {
  try {
    return await inspectSearcher(path);
  } catch (error) {
    // No index inside: a model like any other.
    if (!(error instanceof NearkinError) || error.code !== 'NOT_FOUND') throw error;
  }
  const bytes = new Uint8Array(await readFile(path));
  const { metadata, inputs, outputs, operators, operatorKinds, files, ...rest } = describeTflite(bytes);
  const labels = await readLabels(bytes, metadata);
  const normalization = metadata?.normalization;
  const kinds = operatorKinds.slice(0, shownKinds).map(([name, count]) => `${name} ${count}`);
  return {
    json: {
      kind: 'tflite model',
      ...rest,
      inputs,
      outputs,
      operators,
      operatorKinds,
      metadata,
      ...(labels ? { labels } : {}),
      files,
      bytes: bytes.length,
    },
    facts: [
      ...texts.flatMap((key) => (metadata?.[key] ? [[key, metadata[key]] as const] : [])),
      ...(labels ? [['classes', labelList(labels)] as const] : []),
      ['inputs', inputs.map(tensorText).join('; ')],
      ['outputs', outputs.map(tensorText).join('; ')],
      [
        'operators',
        `${counted(operators, 'operator')}: ${kinds.join(', ')}${operatorKinds.length > shownKinds ? ', …' : ''}`,
      ],
      ...normalizationFacts(inputs[0], normalization),
      ['files', files.length === 0 ? 'none' : files.map(({ name, size }) => `${name} (${byteSize(size)})`).join(', ')],
      ['size', byteSize(bytes.length)],
    ],
  };
}

/** Numbers that go in need to be said how; pixels go in as they are. */
function normalizationFacts(
  input: TfliteTensorInfo | undefined,
  normalization: Normalization | undefined,
): (readonly [name: string, value: string])[] {
  if (normalization)
    return [['normalised', `(x - ${normalization.mean.join(', ')}) / ${normalization.std.join(', ')}`]];
  return input?.type === 'float32' && input.shape.length === 4 ? [['normalised', 'the file does not say']] : [];
}

/** Labels of a classifier: the label file of its output, if it is there. */
async function readLabels(bytes: Uint8Array, metadata: TfliteMetadata | undefined): Promise<string[] | undefined> {
  const file = metadata?.files.find(({ kind, of }) => kind === 'tensor-axis-labels' && of === 'output');
  if (!file) return undefined;
  const content = await readAssociatedFile(bytes, file.name).catch((error: unknown) => {
    // Metadata may name a file that was stripped.
    if (error instanceof NearkinError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  });
  return content && new TextDecoder().decode(content).replace(/\n$/, '').split('\n');
}

function tensorText({ name, shape, type }: TfliteTensorInfo): string {
  return `${name} ${type} [${shape.join(', ')}]`;
}
