import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two busy ONNX Runtime pools on two cores slow each other down.
    maxWorkers: 2,
    pool: 'forks',
    // Before the default one, whose count is the last word.
    reporters: ['./test/helpers/skipped-reporter.ts', 'default'],
  },
})
