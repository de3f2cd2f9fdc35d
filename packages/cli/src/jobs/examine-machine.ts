import { availableParallelism, freemem, totalmem } from 'node:os';
import { examineBackends } from '../doctor/examine-backends.js';
import { examineDecoder } from '../doctor/examine-decoder.js';
import { byteSize, counted } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { fit } from '../terminal/text-layout.js';

/** One line of the doctor's. */
interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

/** `nearkin doctor`: what runs here, how fast, and why the rest does not. */
export async function examineMachine(terminal: Terminal): Promise<void> {
  const decoder = await examineDecoder();
  const backends = await examineBackends();
  const best = backends.find(({ available }) => available);
  const [cores, memory] = [availableParallelism(), { free: freemem(), total: totalmem() }];
  const findings: Finding[] = [
    { name: 'node', ok: true, text: `${process.versions.node} on ${process.platform} ${process.arch}` },
    {
      name: 'machine',
      ok: memory.free > 5e8,
      text: `${counted(cores, 'core')}, ${byteSize(memory.free)} of ${byteSize(memory.total)} memory free`,
    },
    { name: 'pictures', ok: decoder.name === 'sharp', text: decoder.text },
    ...backends.map(({ name, available, text }) => ({ name, ok: available && name !== 'cpu', text })),
  ];
  const { colors } = terminal;
  terminal.result(
    {
      node: process.versions.node,
      platform: process.platform,
      arch: process.arch,
      cores,
      memory,
      decoder,
      backends,
      backend: best?.name ?? null,
    },
    [
      ...findings.map(
        ({ name, ok, text }) => `${ok ? colors.green('✔') : colors.yellow('!')} ${fit(name, 10)}  ${text}`,
      ),
      '',
      best
        ? `  Models run on ${colors.bold(best.name)}.`
        : colors.red('  No backend runs: nothing can be embedded here.'),
    ],
  );
}
