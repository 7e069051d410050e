import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../src/engine/engine.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { hostNumbers } from '../src/engine/testing/host-numbers.ts'
import { topologicalOrder } from '../src/graph/index.ts'
import { methods } from '../src/method/methods.ts'
import { resolveMethod } from '../src/method/resolve.ts'
import type { Loss } from '../src/parts/loss/loss.ts'
import { logitsContext } from '../src/parts/loss/testing/loss-case.ts'
import { loadRecipe } from '../src/recipe/load.ts'
import { readRecipe } from '../src/recipe/read.ts'
import { builtInRegistry } from '../src/recipe/registry.ts'
import { toYaml } from '../src/recipe/write.ts'
import { referenceScores } from '../src/run/references.ts'
import { loadData } from '../src/run/run-data.ts'
import { selectData } from '../src/run/select-data.ts'
import { resultOf, runRecipe, type TinySettings, tinyRecipe } from '../src/run/testing/tiny-run.ts'
import { createUnlearner } from '../src/run/unlearn-learner.ts'
import { runSteps } from '../src/run/unlearn-steps.ts'
import { openModel, openSession } from '../src/train/session.ts'

let engine: Engine
let root: string
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
  root = await mkdtemp(join(tmpdir(), 'lethe-methods-'))
})
afterAll(async () => {
  engine.dispose()
  await rm(root, { recursive: true })
})

/** What a method needs to be said besides its id, on data of questions and answers. */
const settings: Readonly<Record<string, TinySettings>> = {
  'alt-po': { forget: { preferred: 'refusal' } },
  level: { goal: {} },
  // Lengths of activations of the toy model are about 1.
  rmu: { method: { id: 'rmu', steering: 3 } },
}

const recipeOf = (id: string, name: string, train: object) =>
  tinyRecipe(root, name, { method: { id }, ...settings[id], train })

/** An engine that counts its programs and the backward passes among their runs. */
function counting(inner: Engine) {
  const counts = { programs: 0, backwardPasses: 0 }
  const wrapped: Engine = {
    ...inner,
    async compile(outputs) {
      const program = await inner.compile(outputs)
      counts.programs++
      const isBackward = Object.keys(outputs).some((name) => /^(gradient |rows )/.test(name))
      return {
        inputs: program.inputs,
        outputs: program.outputs,
        run(inputs, results) {
          if (isBackward) counts.backwardPasses++
          return program.run(inputs, results)
        },
        dispose() {
          counts.programs--
          program.dispose()
        },
      }
    },
  }
  return { engine: wrapped, counts }
}

/** A learner at the start of a recipe, with its first step. */
async function start(on: Engine, id: string, path?: string) {
  path ??= await recipeOf(id, `${id}-steps`, { epochs: 1 })
  const { recipe } = await readRecipe(path, { cwd: process.cwd(), env: {} })
  const opened = await openModel(recipe.model)
  const data = await loadData(recipe, opened, () => {}, builtInRegistry, null)
  const session = await openSession(on, opened, recipe.train.parameters, 0)
  const method = resolveMethod(recipe.method)
  const learner = await createUnlearner(recipe, session, builtInRegistry)
  const references = await referenceScores(method, session, data)
  // Where a goal would say what ignorance is: a nat below what the model knows.
  if (method.forgetLoss.reference === 'ignorance')
    for (const logProbs of references.scores.tokens.forget ?? [])
      logProbs.forEach((each, place) => {
        logProbs[place] = each - 1
      })
  const { selection } = await selectData(
    recipe,
    session,
    data,
    () => {},
    openModel,
    builtInRegistry,
  )
  const { source } = runSteps(recipe, method, data, session, references.scores, selection)
  return { method, session, learner, references, source, step: await source.at(0, 0) }
}

function hashOf(arrays: Iterable<ArrayBufferView>): string {
  const hash = createHash('sha256')
  for (const { buffer, byteOffset, byteLength } of arrays)
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return hash.digest('hex')
}

function holdsConstant(loss: Loss, knobs: Readonly<Record<string, unknown>>): boolean {
  const node = loss.build(logitsContext(5).context, knobs)
  return topologicalOrder([node]).some(({ op }) => op.name === 'stopGradient')
}

describe.each([...methods.keys()])('%s', (id) => {
  test('steps down its own objective, holds what is frozen, costs what it declares', async () => {
    const { engine: on, counts } = counting(engine)
    const { method, session, learner, references, step } = await start(on, id)
    const { store } = session
    const frozen = () =>
      hashOf(
        [...store.tensors]
          .filter(([name]) => !store.trained.views.has(name))
          .map(([, { data }]) => hostNumbers(data)),
      )
    const reference = () => hashOf(references.stored.values())
    const before = {
      frozen: frozen(),
      reference: reference(),
      weights: hostNumbers(store.trained.data).slice(),
    }

    const state = learner.combinerState
    counts.backwardPasses = 0
    const first = await learner.step(step, 1e-6, 1)
    const passes = counts.backwardPasses
    expect(first.finite).toBe(true)
    expect(passes).toBeLessThanOrEqual(method.cost.backwardPasses)
    if (!method.combiner.refinement) expect(passes).toBe(method.cost.backwardPasses)

    expect(frozen()).toBe(before.frozen)
    expect(reference()).toBe(before.reference)
    expect(store.trained.data).not.toEqual(before.weights)

    // At a learning rate of 0 a step only looks.
    const second = await learner.step(step, 0, 2)
    const { forget, retain } = first.gradientNorms
    const inner = (first.cosine ?? 0) * (forget ?? 0) * (retain ?? 0)
    const gram =
      forget === null
        ? null
        : { forgetForget: forget ** 2, forgetRetain: inner, retainRetain: (retain ?? 0) ** 2 }
    const losses = { forget: first.losses.forget ?? 0, retain: first.losses.retain ?? 0 }
    const weights = method.combiner.coefficients(
      { gram, losses: gram && losses },
      method.combinerKnobs,
      state,
    )
    const change =
      weights.forget * ((second.losses.forget ?? 0) - losses.forget) +
      weights.retain * ((second.losses.retain ?? 0) - losses.retain)
    // A combiner that looks at other weights steps along gradients that are not shown; and what a loss holds constant
    // moves with the model, so its value need not fall (that its gradient is right is tested beside it).
    if (!method.combiner.refinement && !holdsConstant(method.forgetLoss, method.forgetKnobs))
      expect(change).toBeLessThan(0)

    learner.dispose()
    references.dispose()
    expect(counts.programs).toBeLessThanOrEqual(0)
  })

  test('stays finite and keeps the retain loss in bounds over an epoch', async () => {
    const { learner, references, source } = await start(engine, id)
    let first: number | null = null
    for (let i = 0; i < source.stepsPerEpoch; i++) {
      const { finite, losses } = await learner.step(await source.at(0, i), 1e-4, i + 1)
      expect(finite).toBe(true)
      first ??= losses.retain
      if (losses.retain !== null) expect(losses.retain - (first as number)).toBeLessThan(2)
    }
    learner.dispose()
    references.dispose()
  })

  test('a resolved recipe reads back as itself', async () => {
    const path = await recipeOf(id, `${id}-recipe`, { epochs: 1 })
    const { recipe, provenance } = await readRecipe(path, { cwd: process.cwd(), env: {} })
    expect(loadRecipe(toYaml(recipe, provenance), 'resolved.yaml').recipe).toEqual(recipe)
  })
})

const releasedMethods = {
  'kl-min': 'retain',
  pdu: 'forget',
  rmu: 'forget',
  undial: 'forget',
} as const
test.each(Object.entries(releasedMethods))(
  '%s as released looks where its code looks: %s rows',
  async (id, group) => {
    const method = { ...settings[id]?.method, id, variant: 'released' }
    const path = await tinyRecipe(root, `${id}-released`, { method, train: { epochs: 1 } })
    const [usual, released] = [await start(engine, id), await start(engine, id, path)]
    const rowsOf = ({ step }: typeof usual) =>
      [...step.together, ...step[group]].flatMap(({ batch, groups }) =>
        [...batch.rows].filter((_, i) => groups[batch.sequenceOf[i]] === group),
      )
    const isRead = id === 'pdu' || id === 'rmu'
    if (isRead) expect(rowsOf(released)).toEqual(rowsOf(usual).map((row) => row + 1))
    else expect(rowsOf(released).length).toBeGreaterThan(rowsOf(usual).length)
    const { finite } = await released.learner.step(released.step, 1e-4, 1)
    expect(finite).toBe(true)
    for (const { learner, references } of [usual, released]) {
      learner.dispose()
      references.dispose()
    }
  },
)

/** A random model knows nothing that a goal could make it forget; src/run/goal/reach-goal.test.ts resumes one that does. */
const withoutGoal = [...methods.keys()].filter((id) => !settings[id]?.goal)

test.each(withoutGoal)('%s resumes to the bytes of a run that was not stopped', async (id) => {
  const whole = await runRecipe(engine, await recipeOf(id, `${id}-whole`, { epochs: 1 }))
  expect(whole.outcome).toBe('finished')
  const path = await recipeOf(id, `${id}-stopped`, { epochs: 1 })
  expect((await runRecipe(engine, path, { stopAfter: 2 })).outcome).toBe('interrupted')
  const resumed = await runRecipe(engine, path, { resume: true })
  expect(resumed.outcome).toBe('finished')
  const [expected, found] = [await resultOf(whole.folder), await resultOf(resumed.folder)]
  expect(found.metrics).toBe(expected.metrics)
  expect(found.model === expected.model, 'the bytes of model.safetensors').toBe(true)
})
