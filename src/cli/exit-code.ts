import { outcomeCodes } from '../job/outcome.ts'

/** What the process says to the shell; part of the public interface. */
export const exitCode = {
  ...outcomeCodes,
  /** A metric did not reach its threshold. */
  gate: 3,
} as const
