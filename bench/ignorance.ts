/**
 * How near the level of ignorance, which a goal takes from the starting model alone, comes to a model that never saw the forget set.
 *
 * `node dist/bench/ignorance.js <model> <never-trained model> <forget rows>`: both models answer every row in all wordings of a goal, by
 * forced answers. Prints one table: the nats by which each finds the facts unlikely, the share of answers that count as not known and as
 * avoided by the levels (of the never-trained model all and none, were the levels true), and how the levels go with the never-trained
 * model's own values, row by row.
 */
import { loadItems } from '../src/data/load-examples.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { askedItems, type FactExample, factExamples } from '../src/goal/asked.ts'
import { isAvoided, isIgnorant } from '../src/goal/ignorance.ts'
import { ignoranceLevels, knowledgeOf, surpriseOf } from '../src/goal/levels.ts'
import { createMeasurer } from '../src/measure/score/measurer.ts'
import { decimal } from '../src/report/format.ts'
import { markdownTable } from '../src/report/markdown-table.ts'
import { openModel, openSession } from '../src/train/session.ts'

const [model, neverTrained, file] = process.argv.slice(2)
const engine = await createEngine()
const stopRequested = () => false
const { items } = await loadItems(file, {})
const all = askedItems(
  items,
  items.map(({ otherWordings }) => otherWordings ?? []),
)
const of = async (path: string, withLevels: boolean) => {
  const session = await openSession(engine, await openModel(path), null)
  const measurer = await createMeasurer(session, {})
  const encoding = { maxLength: session.model.maxPositions }
  const found = factExamples(all, session.tokenizer, encoding)
  const places = [...all.keys()].filter((place) => found[place] !== null)
  const asked = places.map((place) => all[place])
  const facts = places.map((place) => found[place] as FactExample)
  const surprises = ((await knowledgeOf(facts, measurer.scorer, stopRequested)) ?? []).map(
    surpriseOf,
  )
  const levels = withLevels
    ? await ignoranceLevels(asked, items.length, [], {
        tokenizer: session.tokenizer,
        encoding,
        scorer: measurer.scorer,
        seed: 0,
        stopRequested,
      })
    : null
  measurer.dispose()
  return { asked, surprises, levels: levels ?? [] }
}

const original = await of(model, true)
const ignorant = await of(neverTrained, false)
engine.dispose()
const { asked, levels } = original
const levelOf = asked.map(({ row }) => levels[row])
const mean = (values: readonly number[]) =>
  values.reduce((sum, each) => sum + each, 0) / values.length
const share = (surprises: readonly number[], is: typeof isIgnorant) =>
  decimal(mean(surprises.map((each, i) => (is(each, levelOf[i]) ? 1 : 0))))
const line = (name: string, surprises: readonly number[]) => [
  name,
  decimal(mean(surprises), 2),
  share(surprises, isIgnorant),
  share(surprises, isAvoided),
]
const rows = items.map((_, row) => {
  const own = [...asked.keys()].filter((place) => asked[place].row === row)
  const at = (surprises: readonly number[]) => mean(own.map((place) => surprises[place]))
  return { level: levels[row].mean, never: at(ignorant.surprises), before: at(original.surprises) }
})
const table = markdownTable(
  {
    header: ['model', 'nats', 'not known', 'avoided'],
    lines: [
      line('original', original.surprises),
      line('never trained', ignorant.surprises),
      ['level', decimal(mean(levelOf.map(({ mean }) => mean)), 2), '', ''],
    ],
  },
  'right',
)
const away = mean(rows.map(({ level, never }) => level - never))
const apart = mean(rows.map(({ level, never }) => Math.abs(level - never)))
const way = mean(rows.map(({ never, before }) => never - before))
process.stdout.write(
  `${table}\n${rows.length} rows, ${asked.length} questions: the level lies ${decimal(away, 2)} nats above the never-trained model's, ${decimal(apart, 2)} from it on the mean of rows; from the original to the never-trained model it is ${decimal(way, 2)}. Correlation by row ${decimal(correlation(rows), 2)}.\n`,
)

/** Pearson's, of the levels with the never-trained model's values. */
function correlation(pairs: readonly { level: number; never: number }[]): number {
  const [x, y] = [mean(pairs.map(({ level }) => level)), mean(pairs.map(({ never }) => never))]
  const sum = (of: (pair: (typeof pairs)[number]) => number) =>
    pairs.reduce((all, pair) => all + of(pair), 0)
  return (
    sum(({ level, never }) => (level - x) * (never - y)) /
    Math.sqrt(sum(({ level }) => (level - x) ** 2) * sum(({ never }) => (never - y) ** 2))
  )
}
