import { expect, test } from 'vitest'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { beyondPositions } from './beyond-positions.ts'

const recipe = (forget: number | null, retain: number | null, maxNewTokens: number) =>
  ({
    forget: { maxLength: forget },
    retain: { maxLength: retain },
    evaluate: { maxNewTokens },
  }) as Recipe

test('what is longer than the positions of a model is named with figures, and why it matters', () => {
  const turned = { maxPositions: 64, positionLimit: null }
  expect(beyondPositions(recipe(64, null, 64), turned)).toEqual([])
  expect(beyondPositions(recipe(4096, 65, 2000), turned)).toMatchObject([
    { path: 'forget.maxLength', expected: expect.stringContaining('= 64'), got: '4096' },
    { path: 'retain.maxLength', got: '65' },
    { path: 'evaluate.maxNewTokens', got: '2000', hint: expect.stringContaining('memory') },
  ])
  expect(
    beyondPositions(recipe(65, null, 1), { maxPositions: 64, positionLimit: 64 }),
  ).toMatchObject([{ hint: expect.stringContaining('cut') }])
})
