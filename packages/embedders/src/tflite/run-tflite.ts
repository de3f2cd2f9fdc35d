import type { CompiledModel, Tensor } from '@litertjs/core';
import { badModel } from '../models/weight-specs.js';
import type { LiteRtLibrary } from './litert.js';
import type { TfliteTensor } from './tflite-file.js';

/** A compiled model. */
export interface TfliteSession {
  /** Pictures that one run takes. */
  readonly batch: number;
  /** @param samples `[batch, height, width, channels]` @returns `[batch, dim]` */
  run(samples: Float32Array): Promise<Float32Array>;
  dispose(): void;
}

/** @throws {NearkinError} `BAD_MODEL` when the runtime refuses the model, or its answer has another size */
export async function runTflite(
  library: LiteRtLibrary,
  bytes: Uint8Array,
  options: {
    readonly input: TfliteTensor;
    readonly output: TfliteTensor;
    readonly dim: number;
    readonly where: string;
  },
): Promise<TfliteSession> {
  const { input, output, dim, where } = options;
  let model: CompiledModel;
  try {
    model = await library.loadAndCompile(bytes, { accelerator: 'wasm' });
  } catch (cause) {
    throw refused(where, cause);
  }
  const shape = input.shape.map((side) => Math.max(1, side));
  const batch = shape[0]!;
  return {
    batch,
    async run(samples) {
      const data = input.type === 'uint8' ? Uint8Array.from(samples, toByte) : samples;
      const tensor = new library.Tensor(data, shape);
      let results: Tensor[] = [];
      try {
        results = await model.run([tensor]);
        const values = await results[0]!.data();
        return toRows(values as Float32Array | Uint8Array, { output, batch, dim, where });
      } catch (cause) {
        throw refused(where, cause);
      } finally {
        tensor.delete();
        for (const result of results) result.delete();
      }
    },
    dispose: () => model.delete(),
  };
}

function toByte(sample: number): number {
  return Math.max(0, Math.min(255, Math.round(sample)));
}

/** Real numbers, maps averaged over their sides. */
function toRows(
  values: Float32Array | Uint8Array,
  { output, batch, dim, where }: { output: TfliteTensor; batch: number; dim: number; where: string },
): Float32Array {
  const places = values.length / (batch * dim);
  if (!Number.isInteger(places) || places < 1)
    throw badModel(where, `it gave ${values.length} numbers, expected [${batch}, ${dim}] or maps of it`);
  const { scale = 1, zeroPoint } = output.type === 'uint8' ? output : { scale: 1, zeroPoint: 0 };
  const out = new Float32Array(batch * dim);
  for (let row = 0; row < batch; row++)
    for (let i = 0; i < dim; i++) {
      let total = 0;
      for (let place = 0; place < places; place++) total += values[(row * places + place) * dim + i]! - zeroPoint;
      out[row * dim + i] = (total * scale) / places;
    }
  return out;
}

function refused(where: string, cause: unknown): ReturnType<typeof badModel> {
  return badModel(where, `LiteRT does not run it: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
}
