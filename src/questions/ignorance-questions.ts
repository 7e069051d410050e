import { permutation } from '../math/random.ts'
import { generalAbility } from './general-ability.ts'
import { generalPrompts } from './general-prompts.ts'
import { questionForm } from './question-form.ts'
import { tableLines } from './question-table.ts'
import { withoutSharedNames } from './shared-names.ts'
import { unknowableTable } from './unknowable-table.ts'

/** Questions that nobody can know the answer to, each form some ten times or more. */
export function unknowableQuestions(): readonly string[] {
  return tableLines(unknowableTable)
}

/**
 * Draws questions that nobody can know the answer to, of a question's form as far as there are.
 *
 * @param n     how many, each once; fewer where there are no more
 * @param seed  the same draws the same
 */
export function unknowableLike(question: string, n: number, seed: number): string[] {
  return ofForm(question, unknowableQuestions(), n, seed, 'unknowable')
}

/**
 * Draws questions of a question's form about other subjects, of common facts that ship and of those given: none shares a named
 * subject with it.
 *
 * @param n     how many, each once; fewer where there are no more
 * @param seed  the same draws the same
 * @param more  other questions to draw from, such as those of a retain set
 */
export function unrelatedQuestions(
  question: string,
  n: number,
  seed: number,
  more: readonly string[] = [],
): string[] {
  const facts = generalAbility().filter(({ area }) => area === 'facts')
  const all = [...generalPrompts(), ...facts.map((fact) => fact.question), ...more]
  const others = withoutSharedNames(
    [...new Set(all)].filter((other) => other !== question),
    (other) => [other],
    [question],
  )
  return ofForm(question, others, n, seed, 'unrelated')
}

/** Some of a list in a seeded order: those of the question's form first, and then those that ask something at all. */
function ofForm(
  question: string,
  all: readonly string[],
  n: number,
  seed: number,
  purpose: string,
): string[] {
  const wanted = questionForm(question)
  const rank = (other: string) => {
    const form = questionForm(other)
    return form === wanted ? 0 : form === 'other' ? 2 : 1
  }
  return Array.from(permutation(seed, [purpose, question], all.length), (i) => all[i])
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, n)
}
