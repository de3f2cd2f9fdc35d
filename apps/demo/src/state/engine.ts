import { signal } from '@preact/signals';
import type { BaseModel } from '../engines/base-model.js';
import { connect } from '../engines/rpc.js';
import type { SearchApi } from '../engines/search.worker.js';
import type { TeachApi } from '../engines/teach.worker.js';

export const teacher = connect<TeachApi>(
  new Worker(new URL('../engines/teach.worker.ts', import.meta.url), { type: 'module', name: 'teach' }),
);

let searching: ReturnType<typeof connect<SearchApi>> | undefined;

/** Started when something is searched for the first time. */
export function searcher() {
  searching ??= connect<SearchApi>(
    new Worker(new URL('../engines/search.worker.ts', import.meta.url), { type: 'module', name: 'search' }),
  );
  return searching;
}

/** The base model that runs. */
export interface Engine {
  readonly id: string;
  readonly dim: number;
  readonly words: boolean;
  readonly backend: string;
  readonly tried: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly reason?: string | undefined;
  }[];
}

export const baseModel = signal<BaseModel>({ kind: 'starter' });
export const engine = signal<Engine | undefined>(undefined);

export function baseModelName(model: BaseModel): string {
  switch (model.kind) {
    case 'filters':
      return 'Built-in filters';
    case 'starter':
      return 'Starter';
    case 'url':
      return nameOf(new URL(model.url, document.baseURI));
    case 'files':
    case 'transformers':
      return model.name;
  }
}

/** The folder that a model lies in, else the server. */
const nameOf = ({ pathname, host }: URL) => pathname.split('/').filter(Boolean).at(-2) ?? host;
