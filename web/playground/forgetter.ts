import type { FolderSource } from '../../src/checkpoint/bytes.ts'
import { type FolderFile, folderFiles } from '../../src/checkpoint/folder-files.ts'
import {
  type Example,
  encodeItems,
  type Item,
  makeBatch,
  parseRecords,
  promptTokens,
  refusals,
  refusingItems,
  resolveTemplate,
  toItems,
} from '../../src/data/index.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { UserError } from '../../src/error.ts'
import { totalSize } from '../../src/graph/shape.ts'
import { resolveMethod } from '../../src/method/index.ts'
import { repetitionShare } from '../../src/metric/repetition.ts'
import { loadRecipe } from '../../src/recipe/load.ts'
import type { Recipe } from '../../src/recipe/schema.ts'
import { createEvaluator } from '../../src/run/evaluator.ts'
import { createLogitProbe, exportedFolder } from '../../src/run/export.ts'
import { startAdapters } from '../../src/run/fila.ts'
import { spread } from '../../src/run/look.ts'
import { modelCard } from '../../src/run/model-card.ts'
import { referenceScores } from '../../src/run/references.ts'
import type { RunData } from '../../src/run/run-data.ts'
import { runSteps } from '../../src/run/run-steps.ts'
import { selectData } from '../../src/run/selection.ts'
import { openModelFolder, openSession, type Session } from '../../src/run/session.ts'
import { createUnlearner } from '../../src/run/unlearner.ts'
import { type Evaluator, greedyAnswers, probeOf } from '../../src/train/evaluate.ts'
import { startingProgress, train } from '../../src/train/trainer.ts'
import type { Ended, Look, Said, Step } from './messages.ts'
import { type DataRow, jsonLines, rowsOf } from './rows.ts'
import { recipeOf, type Wish } from './wish.ts'

/** A model in memory that answers, forgets and can be taken away. */
export interface Forgetter {
  ask(question: string): Promise<string>
  /** Begins at the model as it was opened. */
  forget(wish: Wish, watcher: Watcher): Promise<Ended>
  /** Goes back to the model as it was opened. */
  reset(): Promise<void>
  /**
   * The model as it is now as a Hugging Face folder; beside it the recipe with its data that made it, and logits of
   * one kept answer, so that anyone can see that it is the same model elsewhere.
   */
  files(): Promise<{ readonly model: FolderFile[]; readonly beside: ReadonlyMap<string, string> }>
}

export interface Watcher {
  onStep(step: Step): Promise<void>
  onLook(look: Look): Promise<void>
  stopRequested(): boolean
  /** Milliseconds from any start. */
  clock(): number
}

const lookEvery = 5
const scored = 48
const probes = 3
const maxNewTokens = 24

/** Opens a model folder, wherever it is, for the playground. */
export async function openForgetter(
  engine: Engine,
  folder: FolderSource,
  versions: Readonly<Record<string, string>>,
): Promise<Forgetter> {
  const opened = await openModelFolder(folder, new Date())
  const { tokenizer, model, checkpoint } = opened
  let session = await openSession(engine, opened, null)
  let evaluator = await createEvaluator(session, maxNewTokens)
  let done: { wish: Wish; recipe: Recipe; data: RunData } | null = null

  const use = async (next: Session) => {
    evaluator.scorer.dispose()
    evaluator.generator.dispose()
    session = next
    evaluator = await createEvaluator(session, maxNewTokens)
  }
  const encode = (items: readonly Item[]) =>
    encodeItems(items, tokenizer, { maxLength: model.maxPositions }).examples

  return {
    async ask(question) {
      const template = resolveTemplate(undefined, tokenizer, 'question-answer')
      const prompt = promptTokens([{ role: 'user', content: question }], tokenizer, template)
      const { stopTokens } = session
      const [tokens] = await evaluator.generator.generate([prompt], { maxNewTokens, stopTokens })
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
      done = { wish, recipe, data }
      const learner = await createUnlearner(recipe, session)
      const { parameters } = recipe.train
      const isFila =
        typeof parameters === 'object' && 'lora' in parameters && parameters.lora.init === 'fila'
      const references = await referenceScores(method, session, data, undefined, isFila)
      const { selection } = await selectData(recipe, session, data, () => {}, noAssistant)
      await startAdapters(recipe, session, data)
      const { source, totalSteps } = runSteps(
        recipe,
        method,
        data,
        tokenizer.padToken,
        references.scores,
        selection,
      )
      const look = async (step: number) => {
        const { seen, check } = await lookAt(evaluator, data, step)
        await watcher.onLook(seen)
        return check
      }
      try {
        const progress = startingProgress(await look(0))
        const outcome = await train(
          {
            learner,
            source,
            totalSteps,
            schedule: {
              kind: recipe.train.schedule,
              learningRate: recipe.train.learningRate,
              warmupSteps: recipe.train.warmupSteps,
            },
            guards: {
              ...recipe.train.guards,
              ...(method.retainLoss?.unit ? { retainLossRise: null } : {}),
            },
            saveEvery: null,
            lookEvery,
            look,
            save: async () => {},
            clock: watcher.clock,
            stopRequested: watcher.stopRequested,
            onStep: ({ step, losses, stepMilliseconds, etaSeconds }) =>
              watcher.onStep({
                step,
                totalSteps,
                forgetLoss: losses.forget,
                retainLoss: losses.retain,
                stepMilliseconds,
                etaSeconds,
              }),
          },
          progress,
        )
        const seconds = (watcher.clock() - started) / 1000
        const reason = outcome.kind === 'guard' ? outcome.trip.reason : null
        return { kind: outcome.kind, reason, seconds }
      } finally {
        learner.dispose()
        references.dispose()
      }
    },
    async reset() {
      done = null
      await use(await openSession(engine, opened, null))
    },
    async files() {
      const recipe = done ? recipeOf(done.wish) : ''
      const card = done && cardOf(session, done.recipe, done.data, recipe, versions)
      const folder = exportedFolder({
        checkpoint,
        model,
        store: session.store,
        tokenizer,
        modelCard: card ?? '# As it was opened\n',
      })
      const beside = new Map<string, string>()
      if (done) {
        const rows = rowsOf(done.wish)
        beside.set('recipe.yaml', recipe)
        beside.set('forget.jsonl', jsonLines(rows.forget))
        beside.set('retain.jsonl', jsonLines(rows.retain))
        beside.set('logits.json', await logitsOf(session, done.data.retain?.[0] as Example))
      }
      return { model: folderFiles(folder, Number.POSITIVE_INFINITY), beside }
    },
  }
}

/** `logits[i]` is what the model gives after token `positions[i]` of `tokens`. */
async function logitsOf(session: Session, example: Example): Promise<string> {
  const { engine, model, store, feeds, tokenizer } = session
  const { padToken } = tokenizer
  const probe = await createLogitProbe({
    engine,
    model,
    store,
    feeds,
    examples: [example],
    padToken,
  })
  const flat = await probe.logits()
  probe.dispose()
  const positions = [...makeBatch([example], padToken).rows]
  const logits = positions.map((_, i) => [...flat.subarray(i * model.vocab, (i + 1) * model.vocab)])
  return `${JSON.stringify({ tokens: [...example.tokens], positions, logits })}\n`
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

async function lookAt(evaluator: Evaluator, data: RunData, step: number) {
  const probabilities = { forget: 0, retain: 0 }
  const samples: Said[] = []
  let repetition = 0
  for (const set of ['forget', 'retain'] as const) {
    const examples = data[set] ?? []
    const scores = await evaluator.scorer.score(spread(examples, scored))
    for (const { logProb, tokens } of scores)
      probabilities[set] += Math.exp(logProb / tokens) / scores.length
    const asked = spread(examples, probes)
    const answers = await greedyAnswers(asked, evaluator)
    for (const [i, example] of asked.entries()) {
      const { prompt, answer } = probeOf(example, evaluator.tokenizer)
      samples.push({ set, prompt, answer, generated: answers[i].text })
    }
    if (set === 'retain')
      for (const { tokens } of answers) repetition += repetitionShare(tokens) / answers.length
  }
  const { forget: forgetProbability, retain: retainProbability } = probabilities
  const seen: Look = { step, forgetProbability, retainProbability, samples }
  return { seen, check: { repetition, retainProbability } }
}

function cardOf(
  { model, store }: Session,
  recipe: Recipe,
  data: RunData,
  text: string,
  versions: Readonly<Record<string, string>>,
): string {
  const { method } = resolveMethod(recipe.method)
  return modelCard({
    name: 'playground',
    started: {
      method: {
        id: method.id,
        title: method.title,
        source: method.source,
        summary: method.summary,
      },
      model: {
        name: 'lethe-tiny',
        modelType: model.modelType,
        parameters: totalSize(model.parameters.values()),
        trainableParameters: totalSize(store.trainable.shapes.values()),
      },
      data: {
        forget: { path: recipe.forget.path, examples: data.forget.length },
        retain: data.retain && {
          path: recipe.retain?.path ?? '',
          examples: data.retain.length,
        },
      },
      seed: recipe.train.seed,
      versions: { ...versions },
    },
    finishedAt: new Date().toISOString(),
    recipe: text,
    metrics: null,
    check: null,
    guards: [],
  })
}
