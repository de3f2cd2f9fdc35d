import { NearkinError } from '@nearkin/core';
import { engine, setBackend } from '@tensorflow/tfjs-core';

/** Engines that run models: `tensorflow` is tfjs-node's native one. */
export type BackendName = 'tensorflow' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** One backend that was looked at. */
export interface BackendAttempt {
  readonly name: BackendName;
  readonly available: boolean;
  /** Why not, or what is special about it. */
  readonly reason?: string | undefined;
}

/** Which backend runs, and what came before it. */
export interface BackendChoice {
  readonly name: BackendName;
  /** In the order they were tried; the last one runs. */
  readonly tried: readonly BackendAttempt[];
}

/** Makes one backend ready. @throws anything when it cannot be had */
export type BackendStarter = () => Promise<string | undefined>;

/**
 * Tries backends in order and leaves the first that works running.
 *
 * @throws {NearkinError} `BACKEND_UNAVAILABLE` when none does
 */
export async function startFirst(
  order: readonly BackendName[],
  starters: Readonly<Partial<Record<BackendName, BackendStarter>>>,
): Promise<BackendChoice> {
  const tried: BackendAttempt[] = [];
  for (const name of order) {
    const attempt = await start(name, starters[name]);
    tried.push(attempt);
    if (attempt.available) return Object.freeze({ name, tried: Object.freeze(tried) });
  }
  const reasons = tried.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new NearkinError(
    'BACKEND_UNAVAILABLE',
    order.length === 1
      ? `The backend ${order[0]} was asked for, but it cannot run here (${tried[0]?.reason}). Leave the choice open, or install what is missing.`
      : `No backend can run here (${reasons}).`,
    { details: { tried } },
  );
}

async function start(name: BackendName, starter: BackendStarter | undefined): Promise<BackendAttempt> {
  if (!starter) return { name, available: false, reason: 'not on this host' };
  try {
    const remark = await starter();
    if (!(await setBackend(name))) return { name, available: false, reason: 'it did not start' };
    return remark === undefined ? { name, available: true } : { name, available: true, reason: remark };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name, available: false, reason: message.split('\n')[0]!.slice(0, 200) };
  }
}

let choosing: Promise<unknown> | undefined;

/** Chooses a backend where the program has not: once, however many ask at the same time. */
export async function chooseUnlessChosen(choose: () => Promise<BackendChoice>): Promise<void> {
  if (engine().backendName) return;
  choosing ??= choose().finally(() => {
    choosing = undefined;
  });
  await choosing;
}

/** Looks at each backend by itself and puts the one that ran before back. */
export async function describeAll(
  order: readonly BackendName[],
  starters: Readonly<Partial<Record<BackendName, BackendStarter>>>,
): Promise<BackendAttempt[]> {
  const before = engine().backendName;
  const found: BackendAttempt[] = [];
  for (const name of order) found.push(await start(name, starters[name]));
  if (before) await setBackend(before);
  return found;
}
