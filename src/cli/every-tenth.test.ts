import { expect, test } from 'vitest'
import { everyTenth } from './every-tenth.ts'

test('ten lines for much work, one a piece for little, and one when all is done', () => {
  const isTenth = everyTenth()
  const told = (pieces: number[]) => {
    const of = pieces.reduce((sum, x) => sum + x, 0)
    let done = 0
    return pieces.map((x) => (done += x)).filter((now) => isTenth({ done: now, of }))
  }
  expect(told(new Array(124).fill(6))).toEqual([78, 150, 228, 300, 372, 450, 522, 600, 672, 744])
  expect(told([3, 1])).toEqual([3, 4])
})
