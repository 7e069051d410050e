/** What the process says to the shell; part of the public interface. */
export const exitCode = {
  done: 0,
  failed: 1,
  /** The user's input was refused. */
  input: 2,
  /** A metric did not reach its threshold. */
  gate: 3,
  /** A guard stopped the run; the last good state is saved. */
  guard: 4,
  /** Ctrl-C; the state is saved. */
  interrupted: 130,
} as const
