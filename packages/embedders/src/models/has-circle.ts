/** Whether following the inputs of some name leads back to it: a runtime would look for a first step for ever. */
export function hasCircle(inputs: ReadonlyMap<string, readonly string[]>): boolean {
  const missing = new Map<string, number>();
  const readers = new Map<string, string[]>();
  for (const [name, sources] of inputs) {
    const known = sources.filter((source) => inputs.has(source));
    missing.set(name, known.length);
    for (const source of known) {
      const list = readers.get(source);
      if (list) list.push(name);
      else readers.set(source, [name]);
    }
  }
  const ready = [...missing].filter(([, count]) => count === 0).map(([name]) => name);
  let reached = 0;
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    reached++;
    for (const reader of readers.get(name) ?? []) {
      const left = missing.get(reader)! - 1;
      missing.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  return reached < inputs.size;
}
