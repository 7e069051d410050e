import type { Reporter, TestModule, Vitest } from 'vitest/node'
import type {} from './needs.ts'

/** Says at the end of a run how many tests were skipped, and for want of what. */
export default class SkippedReporter implements Reporter {
  #all = true

  onInit({ config }: Vitest): void {
    // Tests that a pattern leaves out count as skipped.
    this.#all = !config.testNamePattern
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#all)
      process.stdout.write(
        skippedLines(modules)
          .map((line) => `${line}\n`)
          .join(''),
      )
  }
}

function skippedLines(modules: readonly TestModule[]): string[] {
  const counts = new Map<string, number>()
  for (const { children } of modules)
    for (const test of children.allTests('skipped')) {
      const { lacks } = test.meta()
      const reason = lacks === undefined ? test.fullName : `for want of ${lacks}`
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
    }
  if (counts.size === 0) return []
  const total = [...counts.values()].reduce((sum, count) => sum + count)
  const reasons = [...counts].map(([reason, count]) => `   ${count} ${reason}`)
  return ['', ` Skipped tests: ${total}`, ...reasons]
}
