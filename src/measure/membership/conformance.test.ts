import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { attackKind } from '../kind/attack.ts'
import type { RecordedText, SampleRecord } from '../record.ts'
import { membershipScores } from './membership-scores.ts'

/** A text of four tokens, each of this probability, with everything that a score may need. */
function textOf(probability: number): Required<Omit<RecordedText, 'patched'>> {
  const each = (value: number) => new Array<number>(4).fill(value)
  return {
    text: 'one two three four',
    logProbs: each(Math.log(probability)),
    firstChoice: '1111',
    mean: each(-2),
    variance: each(1.5),
    gradientNorms: [1 - probability, 2 - probability],
  }
}
const recordOf = (text: RecordedText): SampleRecord => ({
  ...{ set: 'forget', index: 0, prompt: 'Who?' },
  texts: { answer: [text] },
})
const needed = {
  distribution: ['mean', 'variance'],
  gradients: ['gradientNorms'],
} as const

describe.each([...membershipScores])('membership score %s', (id, score) => {
  const knobs = attackKind.schema.parse({ attack: id })
  const attacked = (text: RecordedText, neverTrained: RecordedText | null) =>
    attackKind.score(recordOf(text), knobs, neverTrained && recordOf(neverTrained))
  const never = score.needs.neverTrained ? textOf(0.2) : null

  test('is declared in full: a description, a source, and knobs with defaults', () => {
    expect(score.id).toBe(id)
    expect(score.description).not.toBe('')
    expect(score.source).not.toBe('')
    expect(z.strictObject(score.knobs).parse({})).toBeTypeOf('object')
    for (const knob of Object.values(score.knobs) as z.ZodType[])
      expect(knob.description).toBeTypeOf('string')
  })

  test('is lower where kinds read it, for what was seen', () => {
    const [seen, unseen] = [textOf(0.9), textOf(0.1)]
    const [known, unknown] = [attacked(seen, never), attacked(unseen, never)]
    expect(known).toBeLessThan(unknown)
    const own = score.score(seen, knobs, never) - score.score(unseen, knobs, never)
    expect(own < 0 ? 'lower' : 'higher').toBe(score.member)
  })

  test('needs what it declares, and nothing else', () => {
    const all = textOf(0.4)
    const fields = Object.entries(needed) as [keyof typeof needed, readonly string[]][]
    const without = (names: readonly string[]) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)))
    for (const [need, names] of fields) {
      const lacking = without(names) as unknown as RecordedText
      if (score.needs[need]) expect(() => attacked(lacking, never)).toThrow(/expected .*got none/)
      else expect(attacked(lacking, never)).toBe(attacked(all, never))
    }
    if (score.needs.neverTrained) expect(() => attacked(all, null)).toThrow(/never trained/)
    else expect(attacked(all, textOf(0.2))).toBe(attacked(all, null))
  })
})
