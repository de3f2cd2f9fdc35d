export { topKReset, topKTake } from './top-k';
export { dotF32, scanF32 } from './scan-f32';
export { scanCodes } from './scan-codes';
export { quantizeI8 } from './int8';
export { assign } from './assign';
export { encode, nearestCodes } from './product-codes';
export { rescore, rescoreBytes } from './rescore';
export { scratchBytes, searchBatch, searchProbes } from './search';
export { selectPartitions } from './select-partitions';
