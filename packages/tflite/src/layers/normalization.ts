import { type Conversion, type Converter, onlyInput } from './conversion.js';

/**
 * A batch normalisation as `factor x + offset` for each channel.
 *
 * @source Ioffe and Szegedy, Batch Normalization (2015), algorithm 2
 */
export function normalizationFactors(
  { call, weights, unsupported }: Pick<Conversion, 'call' | 'weights' | 'unsupported'>,
  channels: number,
): { factor: Float32Array; offset: Float32Array } {
  const { config, layer } = call;
  const get = (name: string) => weights.get(layer, name, [channels]).data;
  const mean = get('moving_mean');
  const variance = get('moving_variance');
  const gamma = config['scale'] === false ? undefined : get('gamma');
  const beta = config['center'] === false ? undefined : get('beta');
  const epsilon = Number(config['epsilon'] ?? 1e-3);
  if (!Number.isFinite(epsilon)) throw unsupported(`has epsilon ${String(config['epsilon'])}`);
  const factor = Float32Array.from(variance, (value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + epsilon));
  const offset = Float32Array.from(mean, (value, i) => (beta?.[i] ?? 0) - value * factor[i]!);
  return { factor, offset };
}

/** A batch normalisation that stands alone. */
export const batchNormalization: Converter = (conversion) => {
  const { call, unsupported } = conversion;
  const { tensor, shape } = onlyInput(conversion);
  const axis = [call.config['axis'] ?? -1].flat()[0] as number;
  if (axis !== -1 && axis !== shape.length - 1) throw unsupported(`normalises axis ${axis}, expected the last one`);
  const channels = shape.at(-1)!;
  const { factor, offset } = normalizationFactors(conversion, channels);
  return scaleAndShift(conversion, { tensor, factor, offset, shape: [channels] });
};

/** Rescaling: one factor and one offset, or one for each channel. */
export const rescaling: Converter = (conversion) => {
  const { call, unsupported } = conversion;
  const { tensor } = onlyInput(conversion);
  const numbers = (key: string, fallback: number) => {
    const list = [call.config[key] ?? fallback].flat();
    if (!list.every((value) => Number.isFinite(value))) throw unsupported(`has ${key} ${JSON.stringify(list)}`);
    return Float32Array.from(list as number[]);
  };
  const factor = numbers('scale', 1);
  const offset = numbers('offset', 0);
  const size = Math.max(factor.length, offset.length);
  const spread = (list: Float32Array) => (list.length === 1 ? new Float32Array(size).fill(list[0]!) : list);
  return scaleAndShift(conversion, { tensor, factor: spread(factor), offset: spread(offset), shape: [size] });
};

function scaleAndShift(
  { graph, call }: Conversion,
  parts: { tensor: number; factor: Float32Array; offset: Float32Array; shape: readonly number[] },
): number {
  const shape = graph.shapeOf(parts.tensor);
  const factor = graph.constant(`${call.where}/factor`, parts.shape, parts.factor);
  const offset = graph.constant(`${call.where}/offset`, parts.shape, parts.offset);
  const scaled = graph.apply('MUL', [parts.tensor, factor], { name: `${call.where}/scaled`, shape });
  return graph.apply('ADD', [scaled, offset], { name: call.where, shape });
}
