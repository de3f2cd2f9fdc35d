import type { Field } from '../model/flat-writer.js';
import type { TfliteModel } from '../model/read-model.js';
import { ModelMetadata, SubGraphMetadata } from './metadata-schema.js';
import { metadataBytes, type Normalization } from './read-metadata.js';
import { textField, writeFile, writeInput, writeMetadata, writeOutput } from './write-metadata.js';

/** What a person should know about a model. */
export interface ModelCard {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly author?: string | undefined;
  readonly version?: string | undefined;
  readonly license?: string | undefined;
}

export interface ClassifierMetadata {
  readonly card: ModelCard;
  /** Of the picture input; undefined: pixels go in as they are (a quantised input). Unused where the base's own stays. */
  readonly normalization: Normalization | undefined;
  /** Channels of the picture input. */
  readonly channels: number;
  /** Whether the input is described anew though the base describes it. */
  readonly replaceInput: boolean;
  /** The file with the labels in the order of the scores. */
  readonly labelFile: string;
  /** Names of further files, of kind `descriptions`. */
  readonly files: readonly string[];
  readonly scoreThreshold: number | undefined;
  /** Smallest and largest score there can be. */
  readonly scoreRange: readonly [number, number];
}

/**
 * The metadata of a classifier. What the base model's metadata says of its input and of the model as a whole, and texts
 * that the card leaves open, stay; its output is described anew.
 */
export function classifierMetadata(metadata: ClassifierMetadata, base: TfliteModel): Uint8Array {
  const { card, replaceInput, labelFile, scoreThreshold, scoreRange } = metadata;
  return writeMetadata(metadataBytes(base), (writer, { root, subgraph }) => {
    const output = writeOutput(writer, {
      name: 'scores',
      description: 'Similarity to each class, higher is better.',
      labelFile,
      scoreThreshold,
      range: scoreRange,
    });
    const keepsInputs = subgraph !== undefined && subgraph.tables(SubGraphMetadata.inputs).length > 0 && !replaceInput;
    const inputs: Field[] = keepsInputs
      ? []
      : [[SubGraphMetadata.inputs, 'place', writer.places([writeInput(writer, metadata)])]];
    const files = [
      ...writer.placesOf(root?.tables(ModelMetadata.associatedFiles)),
      ...metadata.files.map((name) => writeFile(writer, name, 'descriptions')),
    ];
    const text = (slot: number, value: string | undefined): Field[] => (value ? [textField(writer, slot, value)] : []);
    return {
      root: [
        ...text(ModelMetadata.name, card.name),
        ...text(ModelMetadata.description, card.description),
        ...text(ModelMetadata.version, card.version),
        ...text(ModelMetadata.author, card.author),
        ...text(ModelMetadata.license, card.license),
        [ModelMetadata.associatedFiles, 'place', files.length > 0 ? writer.places(files) : undefined],
      ],
      subgraph: [
        ...inputs,
        [SubGraphMetadata.outputs, 'place', writer.places([output])],
        // Of the old outputs.
        [SubGraphMetadata.outputProcessUnits, 'place', undefined],
        [SubGraphMetadata.outputGroups, 'place', undefined],
      ],
    };
  });
}
