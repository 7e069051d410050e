import assert from 'node:assert/strict'
import { gaussian, integer } from '../../../math/random.ts'
import { allFinite, type Check, partChecks } from '../../testing/part-checks.ts'
import type { ExampleSelector, GradientProbe, TokenInput, TokenSelector } from '../selector.ts'

const lengths = [5, 8, 3]
const answers = 2

/** Random sequences, with all that a selector of tokens may need. */
function tokenInput(selector: TokenSelector, knobs: Readonly<Record<string, unknown>>): TokenInput {
  const sequencesOf = (stream: string) =>
    lengths.map((length, b) => ({
      tokens: Int32Array.from({ length }, (_, t) => integer(4, [stream, b], t, 9)),
      trained: Uint8Array.from({ length }, (_, t) => (t >= length - answers ? 1 : 0)),
    }))
  const perAnswer = (stream: string, sign: 1 | -1) =>
    lengths.map((_, b) =>
      Float32Array.from(
        { length: answers },
        (_, t) => sign * Math.abs(gaussian(4, [stream, b], t)),
      ),
    )
  const { needs } = selector
  return {
    sequences: sequencesOf('own'),
    others: needs.others ? sequencesOf('other') : null,
    logProb: needs.logProb ? perAnswer('logProb', -1) : [],
    entropy: needs.entropy ? perAnswer('entropy', 1) : [],
    assistantLogProb: needs.assistantLogProb ? perAnswer('assistant', -1) : [],
    state: selector.init?.(knobs) ?? {},
  }
}

/**
 * What every selector of tokens must hold to, given no more than it declares to need: a weight for each answer token, finite
 * and not below 0, the same each time, and a memory that can be saved.
 *
 * @param required knobs without a default
 */
export function tokenSelectorConformance(
  selector: TokenSelector,
  required: Readonly<Record<string, unknown>> = {},
): Check[] {
  const knobs = selector.schema.parse(required)
  return [
    ...partChecks(selector, Object.keys(required)),
    {
      name: 'weighs each answer token, the same each time, by what it declares to need',
      check() {
        const weigh = () => selector.weigh(tokenInput(selector, knobs), knobs)
        const weights = weigh()
        assert.deepEqual(
          weights.map(({ length }) => length),
          lengths.map(() => answers),
        )
        for (const row of weights) checkWeights(row)
        assert.deepEqual(weigh(), weights)
      },
    },
    {
      name: 'remembers what can be saved, and only where it chooses in each step',
      check() {
        const { init, after, when } = selector
        assert.equal(after !== undefined, init !== undefined)
        if (!after || !init) return
        assert.equal(when, 'step')
        const input = tokenInput(selector, knobs)
        const saved = { ...input, state: JSON.parse(JSON.stringify(input.state)) }
        const next = selector.after?.(input, knobs)
        assert.deepEqual(selector.after?.(saved, knobs), next)
        allFinite(Object.values(next ?? {}), 'state')
      },
    },
  ]
}

const count = 6
const size = 5

/** Random gradients; `other` throws where the other set is not to be asked for. */
function gradientProbe(needsOther: boolean): GradientProbe {
  const sets = ['own', ...(needsOther ? ['other'] : [])]
  const example = async (set: 'own' | 'other', place: number) => {
    assert.ok(sets.includes(set), 'asked for the other set, which it does not declare to need')
    return Float32Array.from({ length: size }, (_, i) => gaussian(4, [set, place], i))
  }
  return {
    size,
    example,
    async mean(set) {
      const all = await Promise.all(Array.from({ length: count }, (_, i) => example(set, i)))
      return Float32Array.from({ length: size }, (_, i) =>
        all.reduce((sum, row) => sum + row[i] / count, 0),
      )
    },
    lossesAfter: async ({ weights }) =>
      Float64Array.from(weights, (_, i) => 1 + Math.abs(gaussian(4, ['loss'], i))),
  }
}

/** What every selector of examples must hold to: a weight for each, finite and not below 0, not all 0, the same each time. */
export function exampleSelectorConformance(selector: ExampleSelector): Check[] {
  const { needsOther } = selector
  return [
    ...partChecks(selector),
    {
      name: 'weighs each example, the same each time, by what it declares to need',
      async check() {
        const knobs = selector.schema.parse({})
        const weigh = () => {
          const gradients = gradientProbe(needsOther)
          const otherCount = needsOther ? count : 0
          return selector.weigh({ count, otherCount, gradients, seed: 3 }, knobs)
        }
        const weights = await weigh()
        assert.equal(weights.length, count)
        checkWeights(weights)
        assert.ok(weights.some((weight) => weight > 0))
        assert.deepEqual(await weigh(), weights)
      },
    },
  ]
}

function checkWeights(weights: Float32Array): void {
  allFinite(weights, 'weight')
  assert.ok(weights.every((weight) => weight >= 0))
}
