import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { opCases } from '../../graph/testing/op-cases.ts'
import type { Engine } from '../engine.ts'
import { differenceFrom } from './compare-case.ts'
import { arrayTests } from './contract-arrays.ts'
import { bufferTests } from './contract-buffers.ts'
import { lifetimeTests } from './contract-lifetime.ts'

export interface ConformanceOptions {
  name: string
  makeEngine(): Engine | Promise<Engine>
  /** Tests of the suite, by name, that this engine cannot pass, and why. */
  skip?: readonly { readonly reason: string; readonly cases: readonly string[] }[]
  /** It computes zero where a result is below float32's smallest normal number. */
  flushesSubnormals?: boolean
}

/**
 * What every engine must do: each op and its gradient as the float64 reference within `tolerance.ts`, and the
 * contracts of `engine.ts` and `memory.ts`.
 */
export function runEngineConformance({
  name,
  makeEngine,
  skip = [],
  flushesSubnormals = false,
}: ConformanceOptions): void {
  const known = new Set<string>()
  let engine: Engine

  const conform = (what: string, check: (engine: Engine) => Promise<void>) => {
    known.add(what)
    const skipped = skip.find(({ cases }) => cases.includes(what))
    if (skipped) test.skip(`${what} (skipped: ${skipped.reason})`)
    else test(what, () => check(engine))
  }

  describe(`${name} conforms`, () => {
    beforeAll(async () => {
      engine = await makeEngine()
    })
    afterAll(() => engine.dispose())

    describe('to the reference', () => {
      for (const opCase of opCases)
        conform(`${opCase.op} ${opCase.name}`, async (engine) => {
          expect(await differenceFrom(engine, opCase, flushesSubnormals)).toBeNull()
        })
    })

    describe('to the contract', () => {
      for (const [what, check] of Object.entries({
        ...arrayTests,
        ...bufferTests,
        ...lifetimeTests,
      }))
        conform(what, check)
      conform('a disposed engine has disposed its programs', async () => {
        const own = await makeEngine()
        await lifetimeTests['a disposed program cannot run, and may be disposed again'](own, () =>
          own.dispose(),
        )
        own.dispose()
      })
    })

    test('every skip names a test', () => {
      expect(skip.flatMap(({ cases }) => cases).filter((what) => !known.has(what))).toEqual([])
    })
  })
}
