import { createPicture, createRng } from '@nearkin/core';
import { createFilterEmbedder } from '@nearkin/embedders';
import { type BackendName, chooseBackend, describeBackends } from '@nearkin/embedders/node';

/** One backend: whether it runs, how fast, or why not. */
export interface BackendReport {
  readonly name: BackendName;
  readonly available: boolean;
  /** Why not, or what is special about it. */
  readonly reason: string | null;
  /** Median time to embed one picture with the built-in filters; null where it does not run. */
  readonly milliseconds: number | null;
  readonly text: string;
}

const side = 224;
const timedRuns = 5;

/** Starts every backend of this machine in turn and times it. */
export async function examineBackends(): Promise<BackendReport[]> {
  const reports: BackendReport[] = [];
  for (const { name, available, reason = null } of await describeBackends()) {
    const milliseconds = available ? await timeBackend(name) : null;
    const remark = reason === null ? '' : `, ${reason}`;
    const text =
      milliseconds === null
        ? `does not run: ${explain(reason)}`
        : `${milliseconds.toFixed(1)} ms for a picture with the built-in filters${remark}`;
    reports.push({ name, available, reason, milliseconds, text });
  }
  return reports;
}

async function timeBackend(name: BackendName): Promise<number> {
  await chooseBackend({ force: name as 'tensorflow' | 'wasm' | 'cpu' });
  const embedder = await createFilterEmbedder();
  try {
    const rng = createRng(1);
    const data = Uint8Array.from({ length: side * side * 3 }, () => rng.integer(256));
    const picture = createPicture({ data, width: side, height: side, channels: 3 });
    const times: number[] = [];
    // The first run compiles.
    for (let run = 0; run <= timedRuns; run++) {
      const started = performance.now();
      await embedder.embed([picture]);
      if (run > 0) times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[timedRuns >> 1]!;
  } finally {
    embedder.dispose();
  }
}

function explain(reason: string | null): string {
  if (reason?.includes('Cannot find')) return 'not installed (optional)';
  if (reason?.includes('native addon module')) return 'installed (optional), but its native part is missing';
  return reason ?? 'no reason given';
}
