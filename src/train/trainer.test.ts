import { describe, expect, test } from 'vitest'
import type { Learner, StepResult } from './step.ts'
import type { StopConditions, UtilityCheck } from './stop-conditions.ts'
import { type StepReport, startingProgress, type TrainerOptions, train } from './trainer.ts'

const stopConditions: StopConditions = {
  nonFinite: true,
  retainLossRise: 2,
  repetition: 0.8,
  utilityFloor: 0.5,
  noEffect: 0.01,
}
const well: UtilityCheck = { retainProbability: 0.8, repetition: 0 }
const good: StepResult = {
  finite: true,
  losses: { forget: 3, retain: 1 },
  gradientNorms: { forget: 1, retain: 1, update: 1 },
  cosine: 0,
}

/** A run of a learner that gives the results it is told, on a source that names its steps. */
function run(
  options: Partial<TrainerOptions> & { results?: (step: number) => StepResult; stopAfter?: number },
  progress = startingProgress(well),
) {
  const said: string[] = []
  const reports: StepReport[] = []
  let time = 0
  const { results = () => good, stopAfter = Number.POSITIVE_INFINITY } = options
  const learner = {
    async step(_: unknown, learningRate: number, step: number) {
      said.push(`step ${step} at ${learningRate}`)
      time += 10
      return results(step)
    },
  } as unknown as Learner
  const outcome = train(
    {
      learner,
      source: {
        stepsPerEpoch: 3,
        async at(epoch, step) {
          said.push(`data ${epoch}.${step}`)
          const batch = { batch: 2, seq: 5 } as never
          return { forget: [{ batch, groups: [] }], retain: [], together: [] }
        },
      },
      totalSteps: 6,
      schedule: { kind: 'linear', learningRate: 0.6, warmupSteps: 0 },
      stopConditions,
      saveEvery: 3,
      evaluateEvery: 3,
      clock: () => time,
      save: async ({ step }) => void said.push(`save ${step}`),
      onStep: async (report) => void reports.push(report),
      evaluate: async (step) => {
        said.push(`evaluate ${step}`)
        return well
      },
      stopRequested: () => reports.length >= stopAfter,
      ...options,
    },
    progress,
  )
  return { outcome, said, reports, progress }
}

describe('train', () => {
  test('saves on its own after a minute, and not more often than saving is worth', async () => {
    let time = 0
    const saved: number[] = []
    const { outcome } = run({
      totalSteps: 40,
      evaluateEvery: null,
      saveEvery: 'auto',
      clock: () => time,
      onStep: async () => {
        time += 10_000
      },
      save: async ({ step }) => {
        saved.push(step)
        time += 5_000
      },
    })
    expect(await outcome).toEqual({ kind: 'finished' })
    expect(saved).toEqual([6, 16, 26, 36, 40])
  })

  test('takes each step of each epoch with its learning rate; evaluates before it saves', async () => {
    const { outcome, said, reports, progress } = run({ totalSteps: 5 })
    expect(await outcome).toEqual({ kind: 'finished' })
    const rates = [0, 1, 2, 3, 4].map((step) => 0.6 * (1 - step / 5))
    expect(said).toEqual([
      'data 0.0',
      `step 1 at ${rates[0]}`,
      'data 0.1',
      `step 2 at ${rates[1]}`,
      'data 0.2',
      `step 3 at ${rates[2]}`,
      'evaluate 3',
      'save 3',
      'data 1.0',
      `step 4 at ${rates[3]}`,
      'data 1.1',
      `step 5 at ${rates[4]}`,
      'evaluate 5',
      'save 5',
    ])
    expect(progress).toMatchObject({
      step: 5,
      tokens: 50,
      retainLosses: { first: 1, recent: [1, 1, 1, 1, 1] },
      before: well,
    })
    expect(reports[1]).toMatchObject({
      step: 2,
      epoch: 0,
      totalSteps: 5,
      tokens: 10,
      stepMilliseconds: 10,
    })
    expect(reports[1].etaSeconds).toBeCloseTo(0.03)
    expect(reports[4].etaSeconds).toBe(0)
  })

  test('goes on from where progress is', async () => {
    const { outcome, said } = run({}, { ...startingProgress(well), step: 4 })
    expect((await outcome).kind).toBe('finished')
    expect(said.filter((line) => line.startsWith('data'))).toEqual(['data 1.1', 'data 1.2'])
  })

  test('has nothing to do at the end', async () => {
    const { outcome, said } = run({}, { ...startingProgress(well), step: 6 })
    expect((await outcome).kind).toBe('finished')
    expect(said).toEqual([])
  })

  test('saves and stops when asked to, between steps', async () => {
    const { outcome, said } = run({ stopAfter: 2 })
    expect(await outcome).toEqual({ kind: 'interrupted' })
    expect(said.at(-1)).toBe('save 2')
  })

  test('neither evaluates nor saves where it is told never to, but keeps the end', async () => {
    const { outcome, said } = run({ saveEvery: null, evaluateEvery: null })
    expect((await outcome).kind).toBe('finished')
    expect(said.filter((line) => /evaluate|save/.test(line))).toEqual(['save 6'])
  })
})

describe('guards', () => {
  const broken = (losses: StepResult['losses']): StepResult => ({
    finite: false,
    losses,
    gradientNorms: { forget: 1, retain: 1, update: Number.NaN },
    cosine: null,
  })
  const nan = broken({ forget: Number.NaN, retain: 1 })

  test('a loss that is not a number: the step is not counted, and the weights it was taken at are not kept', async () => {
    const { outcome, said, reports, progress } = run({ results: (s) => (s === 5 ? nan : good) })
    expect(await outcome).toMatchObject({
      kind: 'guard',
      trip: { guard: 'non-finite' },
      badSince: 4,
    })
    expect(progress.step).toBe(4)
    expect(reports.length).toBe(5)
    expect(said.filter((line) => line.startsWith('save'))).toEqual(['save 3'])
  })

  test('a gradient that overflows at finite losses: the weights are good and saved', async () => {
    const overflow = broken({ forget: 3, retain: 1 })
    const { outcome, said, progress } = run({ results: (s) => (s === 5 ? overflow : good) })
    expect(await outcome).toMatchObject({ kind: 'guard', badSince: 5 })
    expect(said.at(-1)).toBe('save 4')
    expect(progress.retainLosses.recent.length).toBe(4)
  })

  test('a first step that is not finite leaves a progress that can be stored', async () => {
    const { outcome, progress } = run({ results: () => broken({ forget: 1, retain: Number.NaN }) })
    expect(await outcome).toMatchObject({ kind: 'guard', badSince: 0 })
    expect(progress).toEqual(startingProgress(well))
  })

  test('with the non-finite guard off, a step that is not finite is left out', async () => {
    const { outcome, said, progress } = run({
      stopConditions: { ...stopConditions, nonFinite: false },
      results: (s) => (s === 1 || s === 5 ? nan : good),
    })
    expect((await outcome).kind).toBe('finished')
    expect(said.filter((line) => line.startsWith('step')).length).toBe(6)
    expect(progress.step).toBe(6)
  })

  test('divergence: the loss is that of the weights before the step', async () => {
    const { outcome, said } = run({
      totalSteps: 20,
      results: (s) => ({ ...good, losses: { forget: 3, retain: s > 6 ? 4.5 : 1 } }),
    })
    expect(await outcome).toMatchObject({
      kind: 'guard',
      trip: { guard: 'divergence' },
      badSince: 6,
    })
    // (3 · 1 + 5 · 4.5) / 8 is the first mean above 1 + 2.
    expect(said.at(-1)).toMatch(/^step 11/)
  })

  test.each([
    ['the floor', { retainProbability: 0.3, repetition: 0 }],
    ['repetition', { retainProbability: 0.8, repetition: 0.9 }],
    ['a model that is broken', { retainProbability: Number.NaN, repetition: 0 }],
  ])('collapse by %s: what collapsed is not saved', async (_, now) => {
    const { outcome, said } = run({ evaluate: async (step) => (step === 6 ? now : well) })
    expect(await outcome).toMatchObject({
      kind: 'guard',
      trip: { guard: 'collapse' },
      badSince: 4,
    })
    expect(said.filter((line) => line.startsWith('save'))).toEqual(['save 3'])
  })

  test('collapse: what was saved since the last good look was not looked at, and is not called good', async () => {
    const { outcome, said, progress } = run({
      saveEvery: 1,
      evaluate: async (step) => (step === 6 ? { retainProbability: 0.1, repetition: 0 } : well),
    })
    expect(await outcome).toMatchObject({ trip: { guard: 'collapse' }, badSince: 4 })
    expect(said.filter((line) => line.startsWith('save')).at(-1)).toBe('save 5')
    expect(progress.goodAt).toBe(3)
  })

  test('collapse is seen at the end of a run that is shorter than the time between evaluations', async () => {
    const { outcome } = run({
      totalSteps: 2,
      evaluate: async () => ({ retainProbability: 0.1, repetition: 0 }),
    })
    expect(await outcome).toMatchObject({ kind: 'guard', badSince: 1 })
  })
})

test('a model that is broken from the start is nothing to compare with', () => {
  expect(startingProgress({ retainProbability: Number.NaN, repetition: 0.5 }).before).toEqual({
    retainProbability: null,
    repetition: 0.5,
  })
})
