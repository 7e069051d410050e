/**
 * The seed of what a test draws at random, `LETHE_TEST_SEED` or 0; a test that uses it has it in its name, so that a
 * failure elsewhere can be repeated.
 */
export const testSeed = Number(process.env.LETHE_TEST_SEED ?? 0)
