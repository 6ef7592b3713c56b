import { defineConfig } from 'vitest/config';

// a seed of one's own repeats an order: HEBRA_TEST_SEED=… npm test
const seed = Number(process.env['HEBRA_TEST_SEED']) || Date.now() % 1_000_000;

// the log of a server under test is noise unless asked for; here for the global setup, below for the workers
process.env['HEBRA_LOG_LEVEL'] ??= 'silent';

export default defineConfig({
  test: {
    environment: 'node',
    include: [
      'server/**/*.test.ts',
      'web/**/*.test.{ts,tsx}',
      'demo/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    globalSetup: ['test/cluster.ts'],
    reporters: ['default', './test/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // a test that needs another one to run before it is wrong
    sequence: { shuffle: { files: true, tests: true }, seed },
    // a bound against what hangs, not a measure of speed: a journey in a browser beside other tests takes its time
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    env: { HEBRA_LOG_LEVEL: process.env['HEBRA_LOG_LEVEL'] },
  },
});
