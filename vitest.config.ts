import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/emulator/**'],
    environment: 'node',
    // Properties and child processes take their time on a busy machine; no test asserts how long.
    testTimeout: 60_000,
  },
});
