import { NearkinError } from '@nearkin/core';
import { effect, signal } from '@preact/signals';
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
/** None of the base models could be opened. */
export const engineFailed = signal(false);

/** The base model that runs, as soon as one does: what is asked for before the page is ready waits for that. */
export function openedEngine(): Promise<Engine> {
  return new Promise((resolve, reject) => {
    const stop = effect(() => {
      const running = engine.value;
      if (running) resolve(running);
      else if (engineFailed.value)
        reject(new NearkinError('BACKEND_UNAVAILABLE', 'No base model runs in this browser.'));
      else return;
      queueMicrotask(() => stop());
    });
  });
}

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
