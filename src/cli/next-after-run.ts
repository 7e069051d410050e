import type { JobOutcome } from '../job/outcome.ts'

/**
 * What to do after a run, by how it ended.
 *
 * @param path of its folder, as a person writes it
 * @param again the words that begin it anew; null where nobody knows
 */
export function nextAfterRun(
  outcome: JobOutcome,
  path: string,
  again: readonly string[] | null,
): readonly (readonly string[])[] {
  const ask = ['chat', path]
  switch (outcome) {
    case 'finished':
      return [ask, ['export', path, '--gguf', 'q8_0']]
    case 'missed':
      // The summary says what to change first.
      return again ? [[...again, '--replace'], ask] : [ask]
    case 'guard':
      return [
        ['export', path],
        ['resume', path, '--set', 'train.learningRate=1e-5'],
      ]
    default:
      return []
  }
}
