import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';
import { initialSize } from './build/initial-size.js';
import { sampleFiles } from './build/sample-files.js';
import { serviceWorker } from './build/service-worker.js';

const absent = fileURLToPath(new URL('build/absent.js', import.meta.url));

export default defineConfig({
  // Relative, so that the built folder works wherever it is put.
  base: './',
  plugins: [sampleFiles(), serviceWorker(), initialSize({ limitBytes: 120_000 })],
  resolve: {
    // Runs on the packages' sources, without a build of theirs.
    conditions: ['nearkin-source', ...defaultClientConditions],
    // Large optional engines that this page does not offer.
    alias: { '@huggingface/transformers': absent, '@litertjs/core': absent, '@tensorflow/tfjs-backend-webgpu': absent },
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
