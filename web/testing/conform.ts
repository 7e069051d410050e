import { differenceFrom } from '../../src/engine/testing/compare-case.ts'
import { opCases } from '../../src/graph/testing/op-cases.ts'
import type { Backend } from '../playground/messages.ts'
import { createWebEngine } from '../playground/web-engine.ts'

/**
 * Values and gradients of one case of each op in this page, against the float64 reference in the same page.
 *
 * @returns the cases looked at, and what differs
 */
async function conform(backend: Backend): Promise<{ cases: string[]; differences: string[] }> {
  const engine = await createWebEngine(backend)
  const ordinary = opCases.filter(({ kind }) => kind === 'ordinary')
  const firsts = [...new Map(ordinary.toReversed().map((each) => [each.op, each])).values()]
  const differences: string[] = []
  for (const opCase of firsts) {
    const difference = await differenceFrom(engine, opCase)
    if (difference !== null) differences.push(`${opCase.op} ${opCase.name}: ${difference}`)
  }
  engine.dispose()
  return { cases: firsts.map(({ op, name }) => `${op} ${name}`), differences }
}

Object.assign(window, { conform })
