import { expect, test } from 'vitest'
import { chooseGroups, groupInfluence } from './group-influence.ts'

test('the influence of a group is the depth of its parabola', () => {
  // L(η) = 5 − 3η + 2η²/2·2: along the update b = 3, a = 4, so the best drop is 9/8.
  const loss = (rate: number) => 5 - 3 * rate + 2 * rate ** 2
  const losses = { ahead: loss(1), behind: loss(-1), here: loss(0) }
  expect(groupInfluence(losses)).toBeCloseTo(9 / 8, 12)
  expect(groupInfluence({ ahead: 6, behind: 4, here: 5 })).toBe(0)
  expect(groupInfluence({ ahead: Number.NaN, behind: 4, here: 5 })).toBe(0)
})

test('groups are chosen by influence per parameter, within the budget', () => {
  const groups = [
    { parameters: 100, influence: 5 },
    { parameters: 10, influence: 2 },
    { parameters: 50, influence: 4 },
    { parameters: 5, influence: 0 },
  ]
  expect(chooseGroups(groups, 60)).toEqual([1, 2])
  expect(chooseGroups(groups, 115)).toEqual([1, 2])
  expect(chooseGroups(groups, 160)).toEqual([1, 2, 0])
  expect(chooseGroups(groups, 4)).toEqual([])
})
