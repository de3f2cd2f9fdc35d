import { createPicture, createRng, type Picture } from '@nearkin/core';
import { type io, tensor } from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Random pictures, the same for a seed on every host. */
export function randomPicture(seed: number, width = 8, height = 8, channels: 3 | 4 = 3): Picture {
  const rng = createRng(seed);
  const data = Uint8Array.from({ length: width * height * channels }, () => rng.integer(256));
  return createPicture({ data, width, height, channels });
}

/** A smooth picture of waves, as photos are, with a sharp edge in it. */
export function wavyPicture(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++, i++)
        data[i] = 128 + 60 * Math.sin(x / 17 + c) + 40 * Math.sin(y / 23 + x / 90) + (x + y > width ? 20 : -20);
  return createPicture({ data, width, height, channels: 3 });
}

/** conv 3x3x3 -> 4, global pooling ("pooled"), dense 5 with softmax ("answer"). Weights from a seed. */
export function smallClassifier(options: { spatial?: boolean; side?: number; seed?: number } = {}): LayersModel {
  const { side = 8, seed = 1, spatial = false } = options;
  const picture = input({ shape: [side, side, 3], name: 'picture' });
  const maps = layers
    .conv2d({ filters: 4, kernelSize: 3, activation: 'relu', kernelInitializer: 'zeros', name: 'maps' })
    .apply(picture);
  const pooled = layers
    .globalAveragePooling2d({ name: 'pooled', dataFormat: 'channelsLast' })
    .apply(maps as SymbolicTensor);
  const answer = layers
    .dense({ units: 5, activation: 'softmax', kernelInitializer: 'zeros', name: 'answer' })
    .apply(pooled);
  const made = model({ inputs: picture, outputs: (spatial ? maps : answer) as SymbolicTensor, name: 'small' });
  const rng = createRng(seed);
  const weights = made.getWeights().map((weight) =>
    tensor(
      Float32Array.from({ length: weight.size }, () => rng.normal() / 4),
      weight.shape,
    ),
  );
  made.setWeights(weights);
  for (const weight of weights) weight.dispose();
  return made;
}

/** What tfjs would save. */
export async function artifactsOf(made: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await made.save({
    async save(given: io.ModelArtifacts) {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  return { ...artifacts!, weightData: artifacts!.weightData as ArrayBuffer };
}

/** picture -> Conv2D 1x1 (3 -> 2) -> Relu -> Mean -> MatMul (2 -> 3) -> Softmax, with an open batch. */
export function smallGraph(options: { batch?: number; side?: number; head?: boolean } = {}): io.ModelArtifacts {
  const { batch = -1, side = 8, head = true } = options;
  const shape = { dim: [batch, side, side, 3].map((size) => ({ size: String(size) })) };
  const float = { T: { type: 'DT_FLOAT' } };
  const constant = (name: string) => ({ name, op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } });
  const node = [
    { name: 'picture', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape } } },
    constant('kernel'),
    { name: 'axes', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
    {
      name: 'maps',
      op: 'Conv2D',
      input: ['picture', 'kernel'],
      attr: {
        ...float,
        strides: { list: { i: ['1', '1', '1', '1'] } },
        padding: { s: btoa('SAME') },
        data_format: { s: btoa('NHWC') },
        dilations: { list: { i: ['1', '1', '1', '1'] } },
      },
    },
    { name: 'positive', op: 'Relu', input: ['maps'], attr: float },
    {
      name: 'pooled',
      op: 'Mean',
      input: ['positive', 'axes'],
      attr: { ...float, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } },
    },
    ...(head
      ? [
          constant('head'),
          {
            name: 'logits',
            op: 'MatMul',
            input: ['pooled', 'head'],
            attr: { ...float, transpose_a: { b: false }, transpose_b: { b: false } },
          },
          { name: 'answer', op: 'Softmax', input: ['logits'], attr: float },
        ]
      : []),
  ];
  const floats = [0.5, -1, 0.25, 0.75, -0.5, 1];
  const bytes = new Uint8Array(6 * 4 + 8 + (head ? 24 : 0));
  bytes.set(new Uint8Array(Float32Array.from(floats).buffer));
  bytes.set(new Uint8Array(Int32Array.from([1, 2]).buffer), 24);
  if (head) bytes.set(new Uint8Array(Float32Array.from(floats).buffer), 32);
  return {
    format: 'graph-model',
    modelTopology: { node, library: {}, versions: { producer: 1 } },
    weightSpecs: [
      { name: 'kernel', shape: [1, 1, 3, 2], dtype: 'float32' },
      { name: 'axes', shape: [2], dtype: 'int32' },
      ...(head ? [{ name: 'head', shape: [2, 3], dtype: 'float32' as const }] : []),
    ],
    weightData: bytes.buffer,
  };
}

/** The same weights stored as uint8, uint16 or float16. */
export function quantize(artifacts: io.ModelArtifacts, dtype: 'uint8' | 'uint16' | 'float16'): io.ModelArtifacts {
  const values = new Float32Array(artifacts.weightData as ArrayBuffer);
  const bytes: number[] = [];
  let at = 0;
  const weightSpecs = artifacts.weightSpecs!.map((spec) => {
    const part = values.subarray(at, at + spec.shape.reduce((a, b) => a * b, 1));
    at += part.length;
    if (dtype === 'float16') {
      for (const value of part) {
        const half = toHalf(value);
        bytes.push(half & 255, half >> 8);
      }
      return { ...spec, quantization: { dtype } };
    }
    const levels = dtype === 'uint8' ? 255 : 65535;
    const min = Math.min(...part);
    const scale = (Math.max(...part) - min) / levels || 1;
    for (const value of part) {
      const level = Math.round((value - min) / scale);
      bytes.push(level & 255);
      if (dtype === 'uint16') bytes.push(level >> 8);
    }
    return { ...spec, quantization: { dtype, min, scale } };
  });
  return {
    ...artifacts,
    weightSpecs: weightSpecs as NonNullable<typeof artifacts.weightSpecs>,
    weightData: Uint8Array.from(bytes).buffer,
  };
}

/** IEEE 754 binary16, for normal numbers and zero; rounds towards zero. */
function toHalf(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const exponent = ((bits >>> 23) & 255) - 112;
  return exponent <= 0 ? 0 : ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}
