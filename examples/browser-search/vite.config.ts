import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  // Runs on the packages' sources, without a build of theirs.
  resolve: { conditions: ['nearkin-source', ...defaultClientConditions] },
  // An optional peer that this page does not use: left out where it is installed, too.
  build: { target: 'es2022', rollupOptions: { external: ['@huggingface/transformers'] } },
});
