/**
 * What settings keep at equal forgetting: one training path each, looked at by forced answers on rows that took no part.
 *
 * `node dist/bench/equal-forgetting.js <recipe> <forget rows> <retain rows> <every> '<settings>' …`: the rows are files of other
 * wordings and of what is not trained on; each of the settings is a list as of `--set`, with spaces between. Prints the looks, one JSON object
 * each, then a table: of the mean answer probability of the retain rows, the share that is left where that of the forget rows first
 * reaches a level, between two looks in a line. A path ends at the lowest level, or where half of the retain probability is gone.
 */
import { keptAt } from '../src/compare/equal-forgetting.ts'
import type { Example } from '../src/data/example.ts'
import { loadExamples } from '../src/data/load-examples.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { createMeasurer, type Measurer } from '../src/measure/score/measurer.ts'
import { resolveMethod } from '../src/method/resolve.ts'
import { answerProbability } from '../src/metric/index.ts'
import { learningRateAt } from '../src/parts/optim/schedule.ts'
import { readRecipe } from '../src/recipe/read.ts'
import { builtInRegistry } from '../src/recipe/registry.ts'
import { decimal } from '../src/report/format.ts'
import { markdownTable } from '../src/report/markdown-table.ts'
import { loadData } from '../src/run/run-data.ts'
import { createUnlearner } from '../src/run/unlearn-learner.ts'
import { prepareSteps } from '../src/run/unlearn-start.ts'
import { openModel, openSession } from '../src/train/session.ts'

const levels = [0.3, 0.2, 0.1, 0.05]

interface Look {
  readonly step: number
  readonly forget: number
  readonly retain: number
}

const [file, forgetFile, retainFile, every, ...rows] = process.argv.slice(2)
const engine = await createEngine()
const paths = new Map<string, Look[]>()
for (const row of rows) paths.set(row, await follow(row))
engine.dispose()
const lines = [...paths].map(([row, path]) => [
  row,
  ...levels.map((level) => {
    const shares = path.map(({ forget, retain }) => ({
      left: forget,
      kept: retain / path[0].retain,
    }))
    const kept = keptAt(shares, level)
    return kept === null ? '' : decimal(kept)
  }),
  String(path.at(-1)?.step),
])
const header = ['settings', ...levels.map((level) => `at ${level}`), 'steps']
process.stdout.write(`\n${markdownTable({ header, lines }, 'right')}`)

/** The looks along one run of the recipe with these settings. */
async function follow(row: string): Promise<Look[]> {
  const { recipe } = await readRecipe(file, {
    sets: row.split(' '),
    cwd: process.cwd(),
    env: process.env,
  })
  const registry = builtInRegistry
  const emit = () => {}
  const method = resolveMethod(recipe.method, registry)
  const opened = await openModel(recipe.model)
  const data = await loadData(recipe, opened, emit, registry, null)
  const session = await openSession(engine, opened, recipe.train.parameters, recipe.train.seed)
  const measurer = await createMeasurer(session)
  const learner = await createUnlearner(recipe, session, registry)
  const steps = await prepareSteps({
    recipe,
    method,
    session,
    data,
    emit,
    openAssistant: openModel,
    registry,
  })
  const options = {
    maxLength: opened.model.maxPositions,
    ...(recipe.forget.template ? { template: recipe.forget.template } : {}),
  }
  const held = await Promise.all(
    [forgetFile, retainFile].map((path) => loadExamples(path, opened.tokenizer, options)),
  )
  const look = async (step: number): Promise<Look> => {
    const forget = await meanProbability(held[0].examples, measurer)
    const retain = await meanProbability(held[1].examples, measurer)
    const found = { step, forget, retain }
    process.stdout.write(`${JSON.stringify({ settings: row, ...found })}\n`)
    return found
  }
  const path = [await look(0)]
  const { schedule: kind, learningRate, warmupSteps } = recipe.train
  for (let done = 0; done < steps.totalSteps; done++) {
    const { stepsPerEpoch } = steps.source
    const batch = await steps.source.at(Math.floor(done / stepsPerEpoch), done % stepsPerEpoch)
    const rate = learningRateAt({ kind, learningRate, warmupSteps }, done, steps.totalSteps)
    const { finite } = await learner.step(batch, rate, done + 1)
    if ((done + 1) % Number(every) !== 0) continue
    path.push(await look(done + 1))
    const { forget, retain } = path[path.length - 1]
    if (!finite || forget < levels[levels.length - 1] || retain < path[0].retain / 2) break
  }
  measurer.dispose()
  learner.dispose()
  steps.dispose()
  return path
}

async function meanProbability(
  examples: readonly Example[],
  { scorer }: Measurer,
): Promise<number> {
  const scores = await scorer.score(examples, { distribution: false })
  return scores.reduce((sum, { logProbs }) => sum + answerProbability(logProbs), 0) / scores.length
}
