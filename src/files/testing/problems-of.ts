import { type Problem, UserError } from '../../error.ts'

/** The problems of the UserError that `action` throws; empty when it does not throw; other errors pass through. */
export async function problemsOf(action: () => unknown): Promise<readonly Problem[]> {
  try {
    await action()
  } catch (error) {
    if (error instanceof UserError) return error.problems
    throw error
  }
  return []
}
