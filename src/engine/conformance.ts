import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { caseTensors, forwardGraph, gradientGraph } from '../graph/testing/case-graph.ts'
import type { OpCase } from '../graph/testing/op-case.ts'
import { opCases } from '../graph/testing/op-cases.ts'
import type { Engine } from './engine.ts'
import { referenceEngine } from './reference.ts'
import { emptyResults } from './testing/arrays.ts'
import { arrayTests } from './testing/contract-arrays.ts'
import { lifetimeTests } from './testing/contract-lifetime.ts'
import { firstDifference, toleranceOf } from './tolerance.ts'

export interface ConformanceOptions {
  name: string
  makeEngine(): Engine | Promise<Engine>
  /** Tests of the suite, by name, that this engine cannot pass, and why. */
  skip?: readonly { readonly reason: string; readonly cases: readonly string[] }[]
}

/**
 * What every engine must do: each op and its gradient as the float64 reference within `tolerance.ts`, and the
 * contract of `engine.ts`.
 */
export function runEngineConformance({ name, makeEngine, skip = [] }: ConformanceOptions): void {
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
        conform(`${opCase.op} ${opCase.name}`, (engine) => compareCase(engine, opCase))
    })

    describe('to the contract', () => {
      for (const [what, check] of Object.entries({ ...arrayTests, ...lifetimeTests }))
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

async function compareCase(engine: Engine, opCase: OpCase): Promise<void> {
  for (const graph of [forwardGraph(opCase), gradientGraph(opCase)]) {
    if (!graph) continue
    const program = await engine.compile(graph.outputs)
    const reference = await referenceEngine.compile(graph.outputs)
    for (const lengths of opCase.runs) {
      const tensors = caseTensors(graph.inputs, lengths)
      const given = Object.fromEntries(program.inputs.map(({ name }) => [name, tensors[name]]))
      const results = emptyResults(program, lengths)
      await program.run(given, results)
      const expected = Object.fromEntries(
        Object.entries(results).map(([name, { length }]) => [name, new Float64Array(length)]),
      )
      await reference.run(given, expected)
      for (const { name, dtype } of program.outputs) {
        const tolerance = toleranceOf(opCase.op, opCase.name, dtype)
        const at = firstDifference(results[name], expected[name], tolerance)
        if (at !== null)
          expect.fail(
            `${name}[${at}] at ${JSON.stringify(lengths)}: expected ${expected[name][at]} ± ${tolerance.atol} + ${tolerance.rtol}·|x|, got ${results[name][at]}`,
          )
      }
    }
    program.dispose()
  }
}
