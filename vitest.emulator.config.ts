import { defineConfig } from 'vitest/config';

/** The closed loop against an emulator of AWS. Every file uses the same emulator, so one file runs at a time. */
export default defineConfig({
  test: {
    include: ['test/emulator/**/*.test.ts'],
    environment: 'node',
    globalSetup: 'test/emulator/global-setup.ts',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
