import { assertChannelsLast, type Converter, onlyInput, padding, pair, windowed } from './conversion.js';

export const pool =
  (op: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D'): Converter =>
  (conversion) => {
    assertChannelsLast(conversion);
    const { graph, call, unsupported } = conversion;
    const { tensor, shape } = onlyInput(conversion);
    if (shape.length !== 4) throw unsupported(`reads a tensor of ${shape.length} dimensions`);
    const window = pair(conversion, 'pool_size', [2, 2]);
    const strides = pair(conversion, 'strides', window);
    const kind = padding(conversion);
    const side = (axis: 0 | 1) =>
      windowed(shape[axis + 1]!, { window: window[axis], stride: strides[axis], padding: kind });
    return graph.apply(
      op,
      [tensor],
      { name: call.where, shape: [shape[0]!, side(0), side(1), shape[3]!] },
      { window, strides, padding: kind },
    );
  };

export const globalPool =
  (op: 'MEAN' | 'REDUCE_MAX'): Converter =>
  (conversion) => {
    assertChannelsLast(conversion);
    const { graph, call, unsupported } = conversion;
    const { tensor, shape } = onlyInput(conversion);
    if (shape.length !== 4) throw unsupported(`reads a tensor of ${shape.length} dimensions`);
    const keepDims = call.config['keep_dims'] === true || call.config['keepdims'] === true;
    const axes = graph.constant(`${call.where}/axes`, [2], Int32Array.of(1, 2));
    const out = keepDims ? [shape[0]!, 1, 1, shape[3]!] : [shape[0]!, shape[3]!];
    return graph.apply(op, [tensor, axes], { name: call.where, shape: out }, { keepDims });
  };
