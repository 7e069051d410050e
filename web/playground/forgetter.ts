import type { FolderSource } from '../../src/checkpoint/bytes.ts'
import { encodeItems } from '../../src/data/encode.ts'
import { type Item, toItems } from '../../src/data/items.ts'
import { parseRecords } from '../../src/data/parse-records.ts'
import { refusingItems } from '../../src/data/preferred.ts'
import { promptTokens, resolveTemplate } from '../../src/data/prompt.ts'
import { refusals } from '../../src/data/refusals.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { UserError } from '../../src/error.ts'
import { createMeasurer } from '../../src/measure/score/measurer.ts'
import { resolveMethod } from '../../src/method/resolve.ts'
import { loadRecipe } from '../../src/recipe/load.ts'
import { builtInRegistry } from '../../src/recipe/registry.ts'
import type { RunData } from '../../src/run/run-data.ts'
import { createUnlearner } from '../../src/run/unlearn-learner.ts'
import { prepareSteps } from '../../src/run/unlearn-start.ts'
import { stopConditionsOf } from '../../src/run/unlearn-steps.ts'
import { openModelFolder, openSession, type Session } from '../../src/train/session.ts'
import { startingProgress, train } from '../../src/train/trainer.ts'
import type { Ended, Evaluation, Step } from './messages.ts'
import { evaluateModel } from './model-evaluation.ts'
import { type DataRow, jsonLines, rowsOf } from './rows.ts'
import { recipeOf, type Wish } from './wish.ts'
import { written } from './written.ts'

/** A model in memory that answers, forgets and can be taken away. */
export interface Forgetter {
  ask(question: string): Promise<string>
  /** Begins at the model as it was opened. */
  forget(wish: Wish, watcher: Watcher): Promise<Ended>
  /** Goes back to the model as it was opened. */
  reset(): Promise<void>
  /**
   * What forgetting made, by path: `model/`, a Hugging Face folder; beside it the recipe with its data, and logits of
   * one kept answer, so that anyone can see that it is the same model elsewhere. Null before.
   */
  readonly files: ReadonlyMap<string, Uint8Array> | null
}

export interface Watcher {
  onStep(step: Step): Promise<void>
  onEvaluation(evaluation: Evaluation): Promise<void>
  stopRequested(): boolean
  /** Milliseconds from any start. */
  clock(): number
}

const maxNewTokens = 24

/** Opens a model folder, wherever it is, for the playground. */
export async function openForgetter(
  engine: Engine,
  folder: FolderSource,
  versions: Readonly<Record<string, string>>,
): Promise<Forgetter> {
  const opened = await openModelFolder(folder, new Date())
  const { tokenizer, model } = opened
  let session = await openSession(engine, opened, null)
  let measurer = await createMeasurer(session)
  let files: Forgetter['files'] = null

  const use = async (next: Session) => {
    measurer.dispose()
    session = next
    measurer = await createMeasurer(session)
  }
  const encode = (items: readonly Item[]) =>
    encodeItems(items, tokenizer, { maxLength: model.maxPositions }).examples

  return {
    async ask(question) {
      const template = resolveTemplate(undefined, tokenizer, 'question-answer')
      const prompt = promptTokens([{ role: 'user', content: question }], tokenizer, template)
      const { stopTokens } = session
      const [tokens] = await measurer.generator.generate([prompt], { maxNewTokens, stopTokens })
      return tokenizer.decode(tokens, { skipSpecialTokens: true }).trim()
    },
    async forget(wish, watcher) {
      const started = watcher.clock()
      const { recipe } = loadRecipe(recipeOf(wish), 'playground.yaml')
      const method = resolveMethod(recipe.method)
      const rows = rowsOf(wish)
      const toForget = itemsOf(rows.forget, 'forget.jsonl')
      const data: RunData = {
        forget: encode(toForget),
        preferred:
          recipe.forget.preferred === 'refusal'
            ? encode(refusingItems(toForget, refusals, recipe.train.seed))
            : null,
        retain: encode(itemsOf(rows.retain, 'retain.jsonl')),
      }
      await use(await openSession(engine, opened, recipe.train.parameters, recipe.train.seed))
      files = null
      const learner = await createUnlearner(recipe, session, builtInRegistry)
      const steps = await prepareSteps({
        recipe,
        method,
        session,
        data,
        emit: () => {},
        registry: builtInRegistry,
        openAssistant: noAssistant,
      })
      const evaluate = async (step: number) => {
        const { probes } = recipe.evaluate
        const { seen, check } = await evaluateModel(measurer, data, step, probes, maxNewTokens)
        await watcher.onEvaluation(seen)
        return check
      }
      try {
        const progress = startingProgress(await evaluate(0))
        const outcome = await train(
          {
            learner,
            source: steps.source,
            totalSteps: steps.totalSteps,
            schedule: {
              kind: recipe.train.schedule,
              learningRate: recipe.train.learningRate,
              warmupSteps: recipe.train.warmupSteps,
            },
            stopConditions: stopConditionsOf(recipe, method),
            saveEvery: null,
            evaluateEvery: Number(recipe.evaluate.every),
            evaluate,
            save: async () => {},
            clock: watcher.clock,
            stopRequested: watcher.stopRequested,
            onStep: ({ step, losses, stepMilliseconds, etaSeconds }) =>
              watcher.onStep({
                step,
                totalSteps: steps.totalSteps,
                forgetLoss: losses.forget,
                retainLoss: losses.retain,
                stepMilliseconds,
                etaSeconds,
              }),
          },
          progress,
        )
        files = await written(session, wish, recipe, data, versions)
        // What is shown last is what was written: rounded to the types of its file.
        await evaluate(progress.step)
        const seconds = (watcher.clock() - started) / 1000
        const reason = outcome.kind === 'guard' ? outcome.trip.reason : null
        return { kind: outcome.kind, reason, seconds }
      } finally {
        learner.dispose()
        steps.dispose()
      }
    },
    async reset() {
      files = null
      await use(await openSession(engine, opened, null))
    },
    get files() {
      return files
    },
  }
}

function noAssistant(path: string): never {
  throw new UserError({
    code: 'no-folder',
    path,
    expected: 'a selector that needs no second model, since a page opens no folders',
    got: 'one that compares with an assistant',
  })
}

function itemsOf(rows: readonly DataRow[], file: string): Item[] {
  const read = parseRecords(new TextEncoder().encode(jsonLines(rows)), file)
  const { items, problems } = toItems(read.records)
  const all = [...read.problems, ...problems]
  if (all.length > 0) throw new UserError(all)
  return items
}
