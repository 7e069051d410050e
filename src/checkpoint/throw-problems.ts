import { type Problem, UserError } from '../error.ts'

const shown = 10

/** Throws the problems found, if any, all at once; of a corrupt file with hundreds, the first ten and their number. */
export function throwProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return
  const first = problems.slice(0, shown)
  const more = problems.length - shown
  if (more > 0) {
    const last = first[shown - 1]
    const count = `And ${more} more problem${more > 1 ? 's' : ''}.`
    first[shown - 1] = { ...last, hint: last.hint ? `${last.hint} ${count}` : count }
  }
  throw new UserError(first)
}
