import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumOptions } from './scripts/chromium-options.mjs';

const conditions = ['nearkin-source'];
const root = fileURLToPath(new URL('.', import.meta.url));
const tests = ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'testing/**/*.test.ts'];
const storyTests = [
  'examples/**/*.test.ts',
  'apps/*/src/**/*.test.ts',
  // Walks through the demo in a browser; `pnpm test:demo` has the longest ones too.
  'apps/*/test/*.test.ts',
  'samples/**/*.test.ts',
  'benchmarks/**/*.test.ts',
  'docs/samples/*.test.ts',
];

/** One suite, two hosts: a file runs in both unless its name says `.node.test.ts` or `.browser.test.ts`. */
export default defineConfig({
  resolve: { conditions },
  test: {
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'node',
          root,
          environment: 'node',
          include: [...tests, ...storyTests],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.browser.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { conditions: [...conditions, 'browser'] },
        // A stale list of bundled dependencies makes the page reload in the middle of a test.
        optimizeDeps: { force: true },
        test: {
          name: 'chromium',
          root,
          include: tests,
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.node.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
