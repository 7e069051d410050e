import { expect, test } from 'vitest'
import { loweredOps } from '../../testing/lowered-ops.ts'
import { lowerings } from './lowerings.ts'

test('no op lacks a lowering, and no lowering an op', () => {
  expect(Object.keys(lowerings).sort()).toEqual(loweredOps)
})
