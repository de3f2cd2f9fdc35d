import { SubGraphMetadata } from './metadata-schema.js';
import type { Normalization } from './read-metadata.js';
import { writeInput, writeMetadata, writeOutput } from './write-metadata.js';

/** Metadata of a picture embedder that has none: how samples become its input, and names of input and output. */
export function embedderMetadata(normalization: Normalization, { channels = 3 } = {}): Uint8Array {
  return writeMetadata(undefined, (writer) => ({
    root: [],
    subgraph: [
      [SubGraphMetadata.inputs, 'place', writer.places([writeInput(writer, { normalization, channels })])],
      [
        SubGraphMetadata.outputs,
        'place',
        writer.places([writeOutput(writer, { name: 'embedding', description: 'The embedding of the picture.' })]),
      ],
    ],
  }));
}
