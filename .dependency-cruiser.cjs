/** Which package may import which: the map of ARCHITECTURE.md. */
const may = {
  core: [],
  kernels: ['core'],
  embedders: ['core'],
  retrieval: ['core', 'embedders'],
  training: ['core', 'embedders'],
  searcher: ['core', 'kernels', 'embedders'],
  evaluation: ['core', 'kernels'],
  tflite: ['core'],
  starter: ['core', 'embedders'],
  cli: ['core', 'kernels', 'embedders', 'retrieval', 'training', 'searcher', 'evaluation', 'tflite', 'starter'],
};
const source = (name) => `^packages/${name}/src/`;
const notTests = '\\.(test|contract)\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^packages/', pathNot: '/generated/' },
      to: { couldNotResolve: true, pathNot: '\\?url$' },
    },
    {
      name: 'declared',
      comment: 'What a package imports stands in its own package.json.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: notTests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    ...Object.entries(may).map(([name, allowed]) => ({
      name: `${name}-imports-${allowed.join('-') || 'nothing'}`,
      severity: 'error',
      from: { path: source(name), pathNot: notTests },
      to: { path: '^packages/([^/]+)/', pathNot: [name, ...allowed].map((other) => `^packages/${other}/`) },
    })),
    {
      name: 'apps-use-public-names',
      comment: 'Apps import packages by their names, as anybody does, and never a file of theirs.',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^packages/', dependencyTypes: ['local'] },
    },
    {
      name: 'apps-resolve',
      severity: 'error',
      from: { path: '^apps/' },
      to: { couldNotResolve: true, pathNot: '\\?url$' },
    },
    {
      name: 'no-tfjs-inside',
      comment: 'tfjs stays at the rim.',
      severity: 'error',
      from: { path: '^packages/(core|kernels|searcher|evaluation|tflite)/src/', pathNot: notTests },
      to: { path: '@tensorflow' },
    },
    {
      name: 'no-node-in-browser-code',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: ['\\.node\\.', '/node(/|\\.ts$)', notTests, '^packages/cli/'] },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['nearkin-source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
    builtInModules: { add: [] },
  },
};
