import { type Kernels, openWorkerPool, type WorkerPool } from '@nearkin/kernels';

/** Workers that stay for the next batch. */
export interface SearchPools {
  open(size: number | 'auto'): Promise<WorkerPool>;
  close(): void;
}

export function createSearchPools(kernels: Kernels): SearchPools {
  const pools = new Map<number | 'auto', Promise<WorkerPool>>();
  return {
    open(size) {
      let pool = pools.get(size);
      if (!pool) {
        pool = openWorkerPool(kernels, size);
        pools.set(size, pool);
      }
      return pool;
    },
    close() {
      for (const pool of pools.values()) void pool.then((open) => open.close());
      pools.clear();
    },
  };
}
