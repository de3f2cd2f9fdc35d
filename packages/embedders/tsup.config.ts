import { defineBuild } from '../../tooling/tsup.js';

export default defineBuild([
  'src/index.ts',
  'src/node.ts',
  'src/browser.ts',
  'src/encoder.ts',
  'src/picture-host.node.ts',
  'src/picture-host.browser.ts',
  'src/tflite/litert-host.node.ts',
  'src/tflite/litert-host.browser.ts',
  'src/worker-entry.node.ts',
  'src/embedder-worker.node.ts',
]);
