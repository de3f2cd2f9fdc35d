export {
  type ExactScan,
  type OpenExactScanOptions,
  openExactScan,
  type ScanQueries,
} from './exact/open-exact-scan.js';
export type { TopK } from './exact/top-k.js';
export { type ExactTopKOptions, exactTopK } from './exact-top-k.js';
export type { KernelFunctions } from './kernel-functions.js';
export type { KernelMemory } from './kernel-memory.js';
export { type Engine, type Kernels, type LoadKernelsOptions, loadKernels } from './load-kernels.js';
export {
  type CodeKindNumber,
  descriptorBytes,
  partitionWords,
  type ReorderKindNumber,
  type SearchDescriptor,
  writeDescriptor,
} from './search-descriptor.js';
export { type KernelCall, openWorkerPool, type WorkerPool } from './worker-pool.js';
