/** Sources are not published, so neither is the condition that leads to them in this repository. */
function withoutSources(value) {
  if (value === null || typeof value !== 'object') return value;
  const { 'nearkin-source': _, ...rest } = value;
  const entries = Object.entries(rest).map(([key, one]) => [key, withoutSources(one)]);
  return Object.fromEntries(entries.filter(([, one]) => typeof one !== 'object' || Object.keys(one).length > 0));
}

module.exports = {
  hooks: {
    beforePacking(manifest) {
      const { exports, imports } = manifest;
      return {
        ...manifest,
        ...(exports ? { exports: withoutSources(exports) } : {}),
        ...(imports ? { imports: withoutSources(imports) } : {}),
      };
    },
  },
};
