import { NearkinError } from '@nearkin/core';

/** One application of a layer: a layer that is applied twice gives two of them. */
export interface LayerCall {
  /** The layer's name. */
  readonly layer: string;
  /** The layer's name with those of the models around it, for messages. */
  readonly where: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Indices of the calls that it reads. */
  readonly inputs: readonly number[];
}

/** A model as calls in an order in which they can be computed. */
export interface LayerCalls {
  readonly calls: readonly LayerCall[];
  /** The call that gives the output. */
  readonly output: number;
}

type Json = Readonly<Record<string, unknown>>;

/** Models in models in models: deeper than anybody nests them. */
const maxDepth = 16;
/** Layers one behind the other; each takes a bit of the stack. */
const maxChain = 2000;

/**
 * Reads a tfjs or Keras topology of one input and one output; nested models are opened up.
 *
 * @throws {NearkinError} `BAD_MODEL`
 */
export function readTopology(modelTopology: unknown): LayerCalls {
  const outer = record(modelTopology);
  const json = outer['model_config'] === undefined ? outer : record(outer['model_config']);
  const calls: LayerCall[] = [];
  const [output, ...more] = openModel(json, { calls, path: '', inputs: undefined, depth: 0 });
  if (output === undefined || more.length > 0) throw bad(`it has ${more.length + 1} outputs; expected one`);
  return { calls, output };
}

interface Frame {
  readonly calls: LayerCall[];
  readonly path: string;
  /** Calls that stand for the model's inputs; undefined for the outermost model. */
  readonly inputs: readonly number[] | undefined;
  readonly depth: number;
}

/** @returns the calls that give the model's outputs */
function openModel(json: Json, frame: Frame): number[] {
  if (frame.depth > maxDepth) throw bad('its models are nested too deeply');
  const className = json['class_name'];
  const config = json['config'];
  const layers = Array.isArray(config) ? config : record(config)['layers'];
  if (!Array.isArray(layers) || layers.length === 0) throw bad('it has no layers');
  if (className === 'Sequential') return [openSequential(layers.map(record), frame)];
  if (className === 'Model' || className === 'Functional') return openFunctional(record(config), frame);
  throw bad(`it is a ${JSON.stringify(className)}; expected a Sequential or functional model`);
}

function openSequential(layers: readonly Json[], frame: Frame): number {
  const [first] = frame.inputs ?? [];
  let at = first;
  layers.forEach((layer, i) => {
    if (layer['class_name'] === 'InputLayer') {
      if (at === undefined) at = apply(layer, [], frame)[0];
      return;
    }
    // A model without an input layer states the shape in its first layer.
    if (at === undefined) {
      const config = record(layer['config']);
      const shape = config['batch_input_shape'] ?? config['batch_shape'];
      if (i === 0 && shape !== undefined)
        at = apply({ class_name: 'InputLayer', config: { name: 'input', batch_input_shape: shape } }, [], frame)[0];
      else if (i === 0 && isModel(layer)) {
        at = apply(layer, [], frame)[0];
        return;
      } else throw bad('its first layer does not state the shape of its input');
    }
    at = apply(layer, [at!], frame)[0];
  });
  if (at === undefined) throw bad('it has no layers');
  return at;
}

function openFunctional(config: Json, frame: Frame): number[] {
  const layers = (config['layers'] as unknown[]).map(record);
  const byName = new Map(layers.map((layer) => [nameOf(layer), layer]));
  const inputNames = ends(config['input_layers']).map(([name]) => name);
  const done = new Map<string, number[]>();
  const open = new Set<string>();
  // Keras lists layers in an order that need not be that of the calls, so each is computed when it is asked for.
  const resolve = (name: string, node: number, tensor: number): number => {
    const key = `${node}:${name}`;
    let outputs = done.get(key);
    if (!outputs) {
      if (open.has(key)) throw bad(`the layer ${name} reads its own output`);
      if (open.size > maxChain) throw bad('its layers are chained too deeply');
      open.add(key);
      const layer = byName.get(name);
      if (!layer) throw bad(`it names the layer ${name}, which it does not have`);
      const outer = frame.inputs?.[inputNames.indexOf(name)];
      if (layer['class_name'] === 'InputLayer' && outer !== undefined) outputs = [outer];
      else {
        const inbound = Array.isArray(layer['inbound_nodes']) ? layer['inbound_nodes'][node] : undefined;
        const edges = Array.isArray(inbound) ? inbound : [];
        outputs = apply(
          layer,
          edges.map((edge) => resolve(...edgeOf(edge))),
          frame,
        );
      }
      open.delete(key);
      done.set(key, outputs);
    }
    const output = outputs[tensor];
    if (output === undefined) throw bad(`the layer ${name} has no output ${tensor}`);
    return output;
  };
  return ends(config['output_layers']).map(([name, node, tensor]) => resolve(name, node, tensor));
}

function apply(layer: Json, inputs: number[], frame: Frame): number[] {
  const name = nameOf(layer);
  const path = frame.path + name;
  if (isModel(layer))
    return openModel(layer, {
      ...frame,
      path: `${path}/`,
      inputs: inputs.length > 0 ? inputs : undefined,
      depth: frame.depth + 1,
    });
  const className = String(layer['class_name']);
  return [frame.calls.push({ layer: name, where: path, className, config: record(layer['config']), inputs }) - 1];
}

function isModel(layer: Json): boolean {
  return ['Sequential', 'Model', 'Functional'].includes(String(layer['class_name']));
}

function nameOf(layer: Json): string {
  const name = layer['name'] ?? record(layer['config'])['name'];
  if (typeof name !== 'string') throw bad('a layer has no name');
  return name;
}

function edgeOf(edge: unknown): [name: string, node: number, tensor: number] {
  if (Array.isArray(edge) && typeof edge[0] === 'string') return [edge[0], Number(edge[1] ?? 0), Number(edge[2] ?? 0)];
  throw bad('a connection of its layers is not in the form of Keras 2');
}

/** `[[name, node, tensor], …]`; one end may be written without the outer list. */
function ends(value: unknown): [name: string, node: number, tensor: number][] {
  if (!Array.isArray(value) || value.length === 0) throw bad('it does not say which layers are its inputs and outputs');
  return typeof value[0] === 'string' ? [edgeOf(value)] : value.map(edgeOf);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function bad(reason: string): NearkinError {
  return new NearkinError('BAD_MODEL', `The layers model cannot be converted: ${reason}.`);
}
