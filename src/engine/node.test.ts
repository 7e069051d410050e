import { expect, test, vi } from 'vitest'
import { createEngine } from './node.ts'
import { findLibrary } from './onnx/c-api.ts'

test.skipIf(!findLibrary())(
  'the C interface is used where there is a library, with the threads asked for',
  async () => {
    const engine = await createEngine({ threads: 1 })
    expect([engine.id, engine.threads]).toEqual(['onnx-ffi', 1])
    engine.dispose()
  },
)

test('the npm package is used where it does not', async () => {
  vi.doMock('./onnx/ffi.ts', () => ({
    createFfiEngine() {
      throw new Error('no library')
    },
  }))
  const engine = await createEngine({ threads: 1 })
  expect([engine.id, engine.threads]).toEqual(['onnx-npm', 1])
  engine.dispose()
})
