import { describe, expect, it } from 'vitest'
import { type Problem, UserError } from '../error.ts'
import { bilevel } from '../parts/combine/bilevel.ts'
import { weighted } from '../parts/combine/weighted.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { gradientAscent } from '../parts/loss/gradient-ascent.ts'
import { kl } from '../parts/loss/kl.ts'
import { losses } from '../parts/loss/losses.ts'
import { npo } from '../parts/loss/npo.ts'
import { methods } from './methods.ts'
import { resolveMethod } from './resolve.ts'

function problemsOf(written: unknown): readonly Problem[] {
  try {
    resolveMethod(written)
  } catch (error) {
    if (error instanceof UserError) return error.problems
    throw error
  }
  throw new Error('nothing was refused')
}

describe('resolveMethod', () => {
  it('hands each part of BLUR its knobs', () => {
    const written = { id: 'blur', forgetLoss: 'npo', beta: 0.4, gamma: 2, variant: 'released' }
    expect(resolveMethod(written)).toMatchObject({
      method: { id: 'blur' },
      forgetLoss: npo,
      forgetKnobs: { beta: 0.4, variant: 'released' },
      retainLoss: crossEntropy,
      retainKnobs: {},
      combiner: bilevel,
      combinerKnobs: { gamma: 2 },
      cost: {
        backwardPasses: 2,
        forgetSequences: 1,
        extraGradientBuffers: 1,
        reference: 'scores',
      },
    })
  })

  it('fills in defaults, and no variant', () => {
    const { forgetKnobs, settings } = resolveMethod({ id: 'blur' })
    expect(forgetKnobs).toEqual({ beta: 0.1 })
    expect(settings).toEqual({
      id: 'blur',
      forgetLoss: 'npo',
      retainLoss: 'cross-entropy',
      beta: 0.1,
      gamma: 1,
      metric: 'euclidean',
    })
  })

  it('takes other losses', () => {
    const resolved = resolveMethod({ id: 'blur', forgetLoss: 'ga', retainLoss: 'kl' })
    expect(resolved).toMatchObject({ forgetLoss: gradientAscent, retainLoss: kl })
    expect(resolved.cost.reference).toBe('distributions')
    expect(resolved.settings).not.toHaveProperty('beta')
  })

  it('gives gradient ascent no retain loss and no knobs', () => {
    expect(resolveMethod({ id: 'ga' })).toMatchObject({
      retainLoss: null,
      combiner: weighted,
      combinerKnobs: { forgetWeight: 1, retainWeight: 0 },
      cost: { backwardPasses: 1, extraGradientBuffers: 0, reference: 'none' },
      settings: { id: 'ga' },
    })
    expect(problemsOf({ id: 'ga', retainWeight: 1 })[0].path).toBe('method.retainWeight')
  })

  it('collects all problems', () => {
    const written = { id: 'blur', forgetLoss: 'np', bta: 0.1, gamma: -1, retainLoss: 'kl' }
    expect(problemsOf(written)).toEqual(
      expect.arrayContaining([
        {
          code: 'wrong-value',
          path: 'method.forgetLoss',
          expected: [...losses.values()]
            .filter(({ goal }) => goal === 'forget')
            .map(({ id }) => id)
            .join(' | '),
          got: '"np"',
          hint: 'Did you mean "npo"?',
        },
        {
          code: 'wrong-value',
          path: 'method.gamma',
          expected: 'number > 0',
          got: '-1',
        },
        {
          code: 'unknown-key',
          path: 'method.bta',
          expected: expect.stringMatching(/^one of id, forgetLoss, retainLoss, variant, beta, /),
          got: 'unknown key "bta"',
          hint: 'Did you mean "beta"?',
        },
      ]),
    )
    expect(problemsOf(written)).toHaveLength(3)
  })

  it('suggests the method that was meant', () => {
    expect(problemsOf({ id: 'blurr', gamma: 1 })).toEqual([
      {
        code: 'wrong-value',
        path: 'method.id',
        expected: [...methods.keys()].join(' | '),
        got: '"blurr"',
        hint: 'Did you mean "blur"?',
      },
    ])
  })

  it('says whose knob it is when another part has it', () => {
    const [problem, ...rest] = problemsOf({ id: 'npo', gamma: 1 })
    expect(problem.hint).toBe('"gamma" is a knob of combiner bilevel')
    expect(rest).toEqual([])
    const [beta] = problemsOf({ id: 'blur', forgetLoss: 'ga', beta: 0.1 })
    expect(beta.hint).toContain('"beta" is a knob of forgetLoss npo')
  })

  it('refuses a variant that no chosen part has', () => {
    for (const written of [
      { id: 'blur', forgetLoss: 'ga', variant: 'released' },
      { id: 'npo', variant: 'released' },
    ])
      expect(problemsOf(written)).toMatchObject([
        {
          path: 'method.variant',
          hint: expect.stringContaining('"variant" is a knob of method blur'),
        },
      ])
    expect(problemsOf({ id: 'blur', variant: 'relesed' })[0].hint).toBe('Did you mean "released"?')
  })

  it.each([
    [undefined, 'method', 'nothing'],
    ['npo', 'method', '"npo"'],
    [{}, 'method.id', 'nothing'],
    [{ id: 3 }, 'method.id', '3'],
  ])('refuses %j', (written, path, got) => {
    expect(problemsOf(written)).toMatchObject([{ path, got }])
  })
})
