import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import type { EncodeOptions } from '../data/encode.ts'
import type { TextScorer } from '../measure/score/text-scorer.ts'
import { unknowableLike, unrelatedQuestions } from '../questions/ignorance-questions.ts'
import { type AskedItem, type FactExample, factExamples, factLogProbs } from './asked.ts'
import { type IgnoranceLevel, ignoranceLevel } from './ignorance.ts'
import { type Asked, aboutNobody, askedAs } from './rows.ts'

/** Log p of the fact tokens of each example, nats, under a model as it is; null where it was stopped. */
export async function knowledgeOf(
  examples: readonly FactExample[],
  scorer: TextScorer,
  stopRequested: () => boolean,
): Promise<number[][] | null> {
  const scores = await scorer.score(
    examples.map(({ example }) => example),
    { distribution: false, stopRequested },
  )
  if (stopRequested()) return null
  return examples.map((each, i) => factLogProbs(each, scores[i].logProbs))
}

/** Nats: how unlikely a fact is, `−Σ log p` over its tokens. */
export function surpriseOf(logProbs: readonly number[]): number {
  return -logProbs.reduce((sum, each) => sum + each, 0)
}

/**
 * What says how unlikely an answer is to somebody who cannot know it: the same question about an invented subject, or, where it
 * names none, questions that nobody can know and questions about something else, of the same form and with the same answer.
 *
 * @param others questions about something else, besides those that ship
 * @param draw   which invented subject, or which other question
 */
export function ignorantOf(
  asked: Asked,
  others: readonly string[],
  { seed, draw }: { readonly seed: number; readonly draw: number },
): Asked {
  const { item, question } = asked
  const invented = aboutNobody(asked, seed, draw)
  if (invented || item.prompt === '') return invented ?? asked
  const place = Math.floor(draw / 2)
  // In turns a question that nobody can know and one about something else.
  const like =
    draw % 2 === 0
      ? unknowableLike(question, place + 1, seed)
      : unrelatedQuestions(question, place + 1, seed, others)
  return { item: askedAs(item, like[place % like.length]), question }
}

/**
 * The level of ignorance of each row, by the starting model: one invented subject for each wording in which it is asked.
 *
 * `level_r = mean_w −Σ_{t ∈ fact} log p(a_t | q_w[subject → invented_w], a_<t)`, with the standard deviation over the wordings w; the
 * fact is what the answer says and the question, as it is written, does not.
 *
 * @param rows how many there are; each is asked at least once
 * @returns by row; null where it was stopped
 */
export async function ignoranceLevels(
  asked: readonly AskedItem[],
  rows: number,
  others: readonly string[],
  context: {
    readonly tokenizer: Tokenizer
    readonly encoding: EncodeOptions
    readonly scorer: TextScorer
    readonly seed: number
    readonly stopRequested: () => boolean
  },
): Promise<IgnoranceLevel[] | null> {
  const { tokenizer, encoding, scorer, seed, stopRequested } = context
  const drawn = factExamples(
    asked.map((each, i) => {
      const draw = asked.slice(0, i).filter(({ row }) => row === each.row).length
      return ignorantOf(each, others, { seed, draw })
    }),
    tokenizer,
    encoding,
  ).flatMap((each, i) => (each ? [{ ...each, row: asked[i].row }] : []))
  const found = await knowledgeOf(drawn, scorer, stopRequested)
  return found && levelsByRow(drawn, found, rows)
}

/** Levels of rows, from what was drawn for each; of a row without a draw, that nothing is known of it. */
export function levelsByRow(
  drawn: readonly { readonly row: number }[],
  logProbs: readonly (readonly number[])[],
  rows: number,
): IgnoranceLevel[] {
  return Array.from({ length: rows }, (_, row) => {
    const own = logProbs.filter((_, i) => drawn[i].row === row)
    return ignoranceLevel(own.length > 0 ? own : [[]])
  })
}
