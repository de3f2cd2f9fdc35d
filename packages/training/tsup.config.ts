import { defineBuild } from '../../tooling/tsup.js';

export default defineBuild([
  'src/index.ts',
  'src/parallel/parallel-host.node.ts',
  'src/parallel/parallel-host.browser.ts',
  'src/parallel/worker-entry.node.ts',
  'src/parallel/gradient-worker.node.ts',
]);
