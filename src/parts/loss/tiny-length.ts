/** Keeps a mean defined for a sequence of which no token takes part; vanishes beside any length. */
export const tinyLength = 1e-30
