import pc from 'picocolors';
import type { Host, OutputStream } from '../host.js';
import type { ErrorDescription } from './describe-error.js';
import { printable } from './printable.js';
import { type ProgressBar, startProgressBar } from './progress-bar.js';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a verb's words go: results to stdout, everything else to stderr. */
export interface Terminal {
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** For text that goes to stdout. */
  readonly colors: Colors;
  /** Characters in a line of stdout. */
  readonly columns: number;
  /** The verb's one result: under `--json` the value, otherwise the lines. */
  result(value: unknown, lines?: readonly string[]): void;
  /** A remark on stderr. */
  note(text: string): void;
  warn(text: string): void;
  fail(description: ErrorDescription): void;
  /** A bar on stderr where that is a terminal, lines under `--debug`, else nothing. Always `stop()` it. */
  progress(title: string): ProgressBar;
}

/**
 * @param options.json only JSON goes to stdout then
 */
export function createTerminal(host: Host, options: { json: boolean; debug: boolean }): Terminal {
  const { stdout, stderr, env, signal } = host;
  const colors = pc.createColors(wantsColor(stdout, env));
  const loud = pc.createColors(wantsColor(stderr, env));
  const note = (text: string) => stderr.write(`${text}\n`);
  const style = options.debug ? 'lines' : stderr.isTTY && !options.json ? 'bar' : 'none';
  return Object.freeze({
    json: options.json,
    signal,
    colors,
    columns: Math.max(40, Math.min(stdout.columns ?? 100, 120)),
    result(value: unknown, lines: readonly string[] = []) {
      stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''));
    },
    note,
    warn: (text: string) => note(`${loud.yellow('!')} ${printable(text)}`),
    fail({ json: { code, message }, hint, link }: ErrorDescription) {
      note(loud.red(`✖ ${code}  ${printable(message)}`));
      if (hint) note(loud.dim(`  ${hint}`));
      if (link) note(loud.dim(`  ${link}`));
    },
    progress: (title: string) => startProgressBar(title, { stream: stderr, style }),
  });
}

/** The conventions of no-color.org and of FORCE_COLOR. */
function wantsColor(stream: OutputStream, env: Host['env']): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return !!stream.isTTY && env['TERM'] !== 'dumb';
}
