import { NearkinError } from '@nearkin/core';
import type { DataType } from '@tensorflow/tfjs-core';
import { attr } from '../graph-def.js';
import type { TracedCall, TracedInput } from '../trace-kernels.js';

/** A small constant that the trace holds as an attribute and GraphDef as an input. */
export interface InlineConstant {
  readonly kind: 'inline';
  readonly dtype: 'int32' | 'float32';
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export type NodeInput = TracedInput | InlineConstant | { readonly kind: 'previous' };

/** One GraphDef node to be; a kernel may need several, each fed by the one before (`previous`). */
export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly NodeInput[];
  readonly attr?: Record<string, unknown>;
}

export type KernelToNodes = (call: KernelCall) => readonly NodeSpec[];

export const previous: NodeInput = { kind: 'previous' };

export function ints(values: readonly number[], shape: readonly number[] = [values.length]): InlineConstant {
  return { kind: 'inline', dtype: 'int32', shape, values };
}

export function int(value: number): InlineConstant {
  return { kind: 'inline', dtype: 'int32', shape: [], values: [value] };
}

export function float(value: number): InlineConstant {
  return { kind: 'inline', dtype: 'float32', shape: [], values: [value] };
}

/** A traced kernel as the mappings read it; attributes that follow the batch hold -1 there. */
export class KernelCall {
  readonly #call: TracedCall;
  readonly #dynamic: ReadonlySet<string>;

  constructor(call: TracedCall, options: { attrs: Readonly<Record<string, unknown>>; dynamic: ReadonlySet<string> }) {
    this.#call = { ...call, attrs: options.attrs };
    this.#dynamic = options.dynamic;
  }

  get kernel(): string {
    return this.#call.kernel;
  }

  get layer(): string {
    return this.#call.layer;
  }

  get dtype(): DataType {
    return this.#call.outputs[0]!.dtype;
  }

  /** `T` of most ops. */
  get type(): Record<string, unknown> {
    return { T: attr.type(this.dtype) };
  }

  input(name: string): TracedInput {
    const input = this.optional(name);
    if (!input) throw this.unsupported(`has no input ${name}`);
    return input;
  }

  optional(name: string): TracedInput | undefined {
    return this.#call.inputs.get(name);
  }

  /** The inputs of a kernel that takes a list: keys 0, 1, … */
  list(): TracedInput[] {
    return [...this.#call.inputs.values()];
  }

  shape(name: string): readonly number[] {
    return this.#call.inputShapes.get(name) ?? [];
  }

  /** @param options.dynamic whether the attribute may follow the batch */
  attr<T>(name: string, options: { dynamic?: boolean } = {}): T {
    if (this.#dynamic.has(name) && !options.dynamic) throw this.unsupported(`depends on the batch size in ${name}`);
    return this.#call.attrs[name] as T;
  }

  unsupported(reason: string): NearkinError {
    const { kernel, layer } = this.#call;
    return new NearkinError(
      'UNSUPPORTED_OP',
      `The layer ${layer} cannot be exported as graph nodes: its op ${kernel} ${reason}.`,
      { details: { layer, op: kernel, reason } },
    );
  }
}
