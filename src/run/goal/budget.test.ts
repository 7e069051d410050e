import { expect, test } from 'vitest'
import { goalBudget } from './budget.ts'

const trial = (step: number) => {
  const standing = { forgotten: 0, left: 1, avoided: 0, retain: 1, general: 1 }
  const course = { share: 1, ceiling: 1, rateFactor: 1 }
  return { rate: 1e-3, looks: step === 0 ? [] : [{ step, standing, course }], ended: null }
}

test('what measuring takes is kept back for measuring again', () => {
  let elapsed = 10
  const budget = goalBudget(
    {
      seconds: 100,
      usedBefore: 5,
      measuringSeconds: 10,
      steps: null,
      elapsed: () => elapsed,
    },
    { trials: [] },
  )
  expect([budget.used(), budget.left(), budget.stepsLeft()]).toEqual([15, 70, Infinity])
  expect([budget.leftShare(), budget.isUp()]).toEqual([70 / 75, null])
  elapsed = 80
  expect([budget.left(), budget.isUp()]).toEqual([0, 'time'])
})

test('steps of all trials together are up, however little time they took', () => {
  const trials = [trial(12), trial(6), trial(0)]
  const budget = goalBudget(
    { seconds: 1e6, usedBefore: 0, measuringSeconds: 1, steps: 36, elapsed: () => 1 },
    { trials },
  )
  expect([budget.stepsLeft(), budget.leftShare(), budget.isUp()]).toEqual([18, 0.5, null])
  trials[2] = trial(18)
  expect([budget.stepsLeft(), budget.isUp()]).toEqual([0, 'steps'])
})
