import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  // Runs on the packages' sources, without a build of theirs.
  resolve: { conditions: ['nearkin-source', ...defaultClientConditions] },
  build: { target: 'es2022' },
});
