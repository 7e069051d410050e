/** A place in a file the user wrote: 1-based line and column. */
export interface Position {
  file: string
  line: number
  column: number
}

/** One thing wrong with what the user gave: data first; the text is made by `formatProblem`. */
export interface Problem {
  /** Stable, kebab-case: `unknown-key`, `shape-mismatch`, … */
  code: string
  /** What was looked at: a recipe path (`train.batchSize`), a tensor or a file name. */
  path?: string
  position?: Position
  /** As a formula with its value where there is one: `[batch, seq] = [4, 128]`. */
  expected: string
  got: string
  hint?: string
}

/** Bad input: printed without a stack, exit code 2. Anything else that is thrown is a defect of ours. */
export class UserError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: Problem | readonly Problem[]) {
    const list = Array.isArray(problems) ? problems : [problems as Problem]
    super(list.map(formatProblem).join('\n'))
    this.name = 'UserError'
    this.problems = list
  }
}

/**
 * Does the work for each item, one after another, and collects the problems of all.
 *
 * @throws UserError with the problems of all that fail, each said once
 */
export async function ofEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const problems = new Map<string, Problem>()
  const results: Result[] = []
  for (const item of items) {
    try {
      results.push(await work(item))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      for (const problem of error.problems) problems.set(JSON.stringify(problem), problem)
    }
  }
  if (problems.size > 0) throw new UserError([...problems.values()])
  return results
}

/** `file:line:column: path: expected …, got …. hint`, leaving out what is unknown. */
export function formatProblem(problem: Problem): string {
  const { position, path, expected, got, hint } = problem
  const where = position ? `${position.file}:${position.line}:${position.column}: ` : ''
  const what = path ? `${path}: ` : ''
  return `${where}${what}expected ${expected}, got ${got}${hint ? `. ${hint}` : ''}`
}

/** The candidate nearest to `word` by edit distance, or undefined when none is near enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein distance in which a swap of neighbours costs one. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], beforePrevious[j - 2] + 1)
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.length]
}
