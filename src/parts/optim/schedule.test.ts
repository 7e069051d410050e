import { expect, it } from 'vitest'
import golden from '../../../test/golden/optim.json' with { type: 'json' }
import { learningRateAt, type Schedule, scheduleKinds } from './schedule.ts'

it.each(golden.schedules)(
  `$kind with $warmupSteps of $totalSteps steps warm-up, as transformers ${golden.versions.transformers}`,
  ({ kind, warmupSteps, totalSteps, learningRate, learningRates }) => {
    const schedule: Schedule = { kind: kind as Schedule['kind'], learningRate, warmupSteps }
    learningRates.forEach((expected, s) => {
      expect(learningRateAt(schedule, s, totalSteps)).toBeCloseTo(expected, 18)
    })
  },
)

it('every kind is compared', () => {
  expect([...new Set(golden.schedules.map(({ kind }) => kind))].sort()).toEqual(
    [...scheduleKinds].sort(),
  )
})
