import { expect, test } from 'vitest'
import { gaussian } from '../../../math/random.ts'
import { mergeFactors } from '../low-rank.ts'
import { filaFactors } from './fila.ts'

const [outputs, inputs] = [6, 9]
const table = (stream: string) =>
  Float32Array.from({ length: outputs * inputs }, (_, i) => gaussian(3, [stream], i))
const weight = table('weight')
const forget = table('forget').map((x) => x * x)
const retain = table('retain').map((x) => x * x + 0.1)
const common = { outputs, inputs, isTransposed: false, seed: 0 }
/** What the caller leaves beside the adapter. */
const rest = (factors: { a: Float32Array; b: Float32Array }, rank: number, alpha: number) =>
  mergeFactors(weight, factors.a, factors.b, { rank, alpha: -alpha })

test('an adapter of full rank holds the whole weight', () => {
  const left = rest(
    filaFactors({
      ...common,
      weight: weight,
      fisher: { forget: forget, retain: retain },
      rank: 6,
      alpha: 12,
    }),
    6,
    12,
  )
  for (const x of left) expect(Math.abs(x)).toBeLessThan(1e-4)
})

test('one of low rank holds the part that matters most: in weighted rows it is the best of its rank', () => {
  const [rank, alpha] = [2, 3]
  const left = rest(
    filaFactors({
      ...common,
      weight: weight,
      fisher: { forget: forget, retain: retain },
      rank,
      alpha,
    }),
    rank,
    alpha,
  )
  const rows = Array.from({ length: outputs }, (_, o) =>
    Math.sqrt(
      Array.from({ length: inputs }, (_, i) => o * inputs + i).reduce(
        (sum, at) => sum + forget[at] / (retain[at] + 1e-5),
        0,
      ),
    ),
  )
  const energy = (matrix: Float32Array) =>
    matrix.reduce((sum, x, at) => sum + (rows[Math.floor(at / inputs)] * x) ** 2, 0)
  // Any other adapter of that rank leaves more: here one made for equal importance.
  const ones = new Float32Array(outputs * inputs).fill(1)
  const plain = rest(
    filaFactors({ ...common, weight: weight, fisher: { forget: ones, retain: ones }, rank, alpha }),
    rank,
    alpha,
  )
  expect(energy(left)).toBeLessThan(energy(plain))
  expect(energy(left)).toBeLessThan(energy(weight))
})

test('weights that matter to nobody have an adapter of zero; a stored transpose gives the same', () => {
  const nothing = new Float32Array(outputs * inputs)
  const zero = filaFactors({
    ...common,
    weight: weight,
    fisher: { forget: nothing, retain: retain },
    rank: 2,
    alpha: 4,
  })
  expect([...zero.a, ...zero.b].every((x) => x === 0)).toBe(true)
  const turned = (matrix: Float32Array) =>
    Float32Array.from(matrix, (_, at) => matrix[(at % outputs) * inputs + Math.floor(at / outputs)])
  const straight = filaFactors({
    ...common,
    weight: weight,
    fisher: { forget: forget, retain: retain },
    rank: 2,
    alpha: 4,
  })
  const other = filaFactors({
    ...common,
    weight: turned(weight),
    fisher: { forget: turned(forget), retain: turned(retain) },
    rank: 2,
    alpha: 4,
    isTransposed: true,
  })
  expect(other).toEqual(straight)
})
