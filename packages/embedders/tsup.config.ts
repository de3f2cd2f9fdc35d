import { defineBuild } from '../../tooling/tsup.js';

export default defineBuild([
  'src/index.ts',
  'src/node.ts',
  'src/browser.ts',
  'src/encoder.ts',
  'src/pictures/picture-host.node.ts',
  'src/pictures/picture-host.browser.ts',
  'src/tflite/litert-host.node.ts',
  'src/tflite/litert-host.browser.ts',
  'src/pool/worker-entry.node.ts',
  'src/pool/embedder-worker.node.ts',
]);
