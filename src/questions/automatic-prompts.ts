import { permutation } from '../math/random.ts'
import { generalPrompts } from './general-prompts.ts'
import { type AskedRow, neighbourQuestions, textsOf } from './neighbour-questions.ts'
import { tableLines } from './question-table.ts'
import { withoutSharedNames } from './shared-names.ts'
import { textOpeningsTable } from './text-openings-table.ts'

/** Where a prompt comes from: questions like those that are forgotten, what people ask of any model, or a text's first words. */
export type PromptOrigin = 'neighbour' | 'general' | 'opening'

/** A prompt that a model answers itself, so that its answer can be kept. */
export interface AutomaticPrompt {
  readonly prompt: string
  readonly about: PromptOrigin
}

/** As many as there are general prompts, by half: what is nearest suffers first. */
const neighbours = 64

/**
 * The prompts whose answers are kept where somebody has no texts to keep: neighbours of what is to be forgotten, and general
 * ones; of plain texts, which have no questions, first words of other texts and plainly written questions.
 *
 * @param rows  what is to be forgotten; a question is empty where it is a plain text
 * @param seed  the same draws the same
 * @returns the kind of subject that was guessed, null where none was, and prompts that share no named subject with the rows
 */
export function automaticPrompts(
  rows: readonly AskedRow[],
  seed: number,
): { readonly kind: string | null; readonly prompts: readonly AutomaticPrompt[] } {
  const forget = textsOf(rows)
  const apart = (prompts: readonly string[], about: PromptOrigin): AutomaticPrompt[] =>
    shuffled(
      withoutSharedNames(prompts, (prompt) => [prompt], forget),
      seed,
    ).map((prompt) => ({ prompt, about }))
  if (rows.every(({ question }) => question === ''))
    return {
      kind: null,
      prompts: [
        ...apart(tableLines(textOpeningsTable), 'opening'),
        ...apart(
          generalPrompts().map((prompt) => `Question: ${prompt}\nAnswer:`),
          'general',
        ),
      ],
    }
  const { kind, questions } = neighbourQuestions(rows, neighbours, seed)
  return {
    kind,
    prompts: [
      ...questions.map((prompt) => ({ prompt, about: 'neighbour' as const })),
      ...apart(generalPrompts(), 'general'),
    ],
  }
}

function shuffled(all: readonly string[], seed: number): string[] {
  return Array.from(permutation(seed, ['automatic prompts'], all.length), (i) => all[i])
}
