import { defineConfig } from 'vitest/config'

const everywhere = ['node_modules/**', 'dist/**']

/** Three suites: `unit` needs nothing, `lab` needs Linux servers it starts itself, `e2e` needs a built app and a browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // One fewer than the processors would leave one of two standing still.
          maxWorkers: 2,
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...everywhere, '**/*.lab.test.ts', 'test/e2e/**'],
          environment: 'node',
          setupFiles: ['test/property-seed.ts'],
          // No limit is a figure to reach: a machine may do other work, and only what hangs is to be ended.
          expect: { poll: { timeout: 45_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['**/*.lab.test.ts'],
          exclude: everywhere,
          environment: 'node',
          setupFiles: ['test/property-seed.ts'],
          // Most of their time is waiting for servers; each file has addresses, ports and folders of its own.
          maxWorkers: 3,
          expect: { poll: { timeout: 45_000 } },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.test.ts'],
          exclude: everywhere,
          environment: 'node',
          // Two at a time: a walk mostly waits for its servers and its browser.
          maxWorkers: 2,
          // What a page shows may wait for a simulation, and a machine may do other work.
          expect: { poll: { timeout: 45_000 } },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
