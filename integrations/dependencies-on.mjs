/**
 * What a consumer's package.json says so that it gets these tarballs, and no other version of them from a registry.
 *
 * @param {string[]} names packages that the consumer asks for
 */
export function dependenciesOn(packed, names) {
  const wanted = new Set();
  const want = (name) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const other of Object.keys(packed.get(name).manifest.dependencies ?? {})) if (packed.has(other)) want(other);
  };
  for (const name of names) want(name);
  return Object.fromEntries([...wanted].map((name) => [name, `file:${packed.get(name).path}`]));
}
