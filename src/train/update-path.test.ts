import { expect, test } from 'vitest'
import { hostMemory } from '../engine/host-memory.ts'
import { createUpdatePath } from './update-path.ts'

test('its ends are those of the update to the bit, the rest is between them or beyond', async () => {
  // The way back from 1e-10 to 1e10 and forth is not exact in any float.
  const trained = Float32Array.of(1e10, 1, -2, 0)
  const path = createUpdatePath(hostMemory, hostMemory.hold(trained))
  await path.begin()
  const start = trained.slice()
  trained.set([1e-10, 3, -6, 0.1])
  const end = trained.slice()
  await path.end()
  await path.goTo(0)
  expect(trained).toEqual(start)
  await path.goTo(1)
  expect(trained).toEqual(end)
  await path.goTo(0.25)
  expect([...trained.subarray(1, 3)]).toEqual([1.5, -3])
  await path.goTo(-1)
  expect([...trained.subarray(1, 3)]).toEqual([-1, 2])
})

test('a range moves alone', async () => {
  const trained = Float32Array.of(0, 0, 0, 0)
  const path = createUpdatePath(hostMemory, hostMemory.hold(trained))
  await path.begin()
  trained.fill(4)
  await path.end()
  await path.goTo(0, { start: 0, end: 2 })
  await path.goTo(0.5, { start: 1, end: 3 })
  expect([...trained]).toEqual([0, 2, 2, 4])
})
