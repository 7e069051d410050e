import { firstProblems } from '../../data/first-problems.ts'
import { fillTemplate, type PlainTemplate } from '../../data/plain-template.ts'
import { type Problem, UserError } from '../../error.ts'
import type { BenchmarkSet, FileNames } from '../benchmark.ts'
import { findFile, readRows } from './read-rows.ts'
import { RowFields } from './row-fields.ts'

/** Examples with answers that stand before a prompt. */
export interface Shots {
  /** The first so many that go with a row, as text; fewer where there are no more. */
  text(row: Readonly<Record<string, unknown>>, count: number): string
  readonly count: number
}

const letters = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J']

/**
 * Reads the examples of a set; null where it has none.
 *
 * @throws UserError for a missing file, rows without the fields that the set names, or the chat template
 */
export async function loadShots(
  folder: string,
  name: string,
  set: BenchmarkSet,
  template: 'chat' | PlainTemplate,
): Promise<Shots | null> {
  const { shots, choices } = set
  if (!shots) return null
  if (template === 'chat')
    throw new UserError({
      code: 'shots-in-chat',
      path: `sets.${name}.shots`,
      expected: 'template raw or {prompt, answer} for a set with examples',
      got: 'the chat template',
    })
  const file = findFile(folder, shots.file)
  if (!file) throw missingSplit(folder, name, shots)
  const problems: Problem[] = []
  const byKey = new Map<string, string[]>()
  const keyOf = (row: Readonly<Record<string, unknown>>) =>
    shots.match === undefined ? '' : String(row[shots.match])
  for (const record of await readRows(file)) {
    const key = keyOf(record.value)
    const own = byKey.get(key) ?? []
    byKey.set(key, own)
    // What is never shown need not be in order.
    if (own.length === shots.count) continue
    const fields = new RowFields(record, problems)
    const asked = fields.text(shots.prompt)
    const question = choices ? choiceQuestion(asked, fields.list(choices.field)) : asked
    const answer = choices ? letters[fields.number(choices.gold)] : fields.list(shots.answer)[0]
    own.push(
      fillTemplate(template.prompt, question) +
        fillTemplate(template.answer, answer) +
        shots.separator,
    )
  }
  if (problems.length > 0) throw new UserError(firstProblems(problems))
  return {
    count: shots.count,
    text: (row, count) => (byKey.get(keyOf(row)) ?? []).slice(0, count).join(''),
  }
}

/** A question with its options, as lm-evaluation-harness asks it. */
export function choiceQuestion(question: string, options: readonly string[]): string {
  const lines = options.map((option, place) => `${letters[place]}. ${option}`)
  return `${question.trim()}\n${lines.join('\n')}\nAnswer:`
}

/** What is scored after a question with so many options. */
export function choiceLetters(options: readonly string[]): string[] {
  return letters.slice(0, options.length)
}

export function missingSplit(folder: string, name: string, { file }: { file: FileNames }) {
  const names = [file].flat()
  return new UserError({
    code: 'missing-split',
    path: folder,
    expected: `${names.join(' or ')} for set "${name}"`,
    got: 'no such file',
    hint: 'Download the dataset into this folder, or name another with --data',
  })
}
