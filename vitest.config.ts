import { defineConfig } from 'vitest/config';

/**
 * Three projects, told apart by file name, so that the fast loop never starts a database or a browser:
 * `x.test.ts` is pure, `x.pg.test.ts` needs the embedded PostgreSQL, `x.browser.test.tsx` needs a DOM.
 */
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared-schema,sync-server,client,bench,e2e}/**/*.test.ts'],
          exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
          // Property tests take their time on a machine that does other things too.
          testTimeout: 30_000,
        },
      },
      { test: { name: 'dom', include: ['client/**/*.test.tsx'], environment: 'jsdom', testTimeout: 30_000 } },
      {
        test: {
          name: 'postgres',
          include: ['sync-server/**/*.pg.test.ts'],
          globalSetup: ['sync-server/src/testing/postgres-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: { name: 'e2e', include: ['e2e/**/*.story.ts'], testTimeout: 300_000, hookTimeout: 120_000, fileParallelism: false },
      },
    ],
  },
});
