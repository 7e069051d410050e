import { afterEach, expect, test, vi } from 'vitest'
import { needing } from '../../test/helpers/needs.ts'
import { UserError } from '../error.ts'
import { createEngine } from './node-engine.ts'
import { runtimeLibrary } from './testing/runtime-library.ts'

afterEach(() => vi.unstubAllEnvs())

test(
  'the C interface is used where there is a library, with the threads asked for',
  needing(runtimeLibrary),
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

test('a device that is not known is refused, and one that cannot be had is not replaced by the CPU', async () => {
  vi.stubEnv('LETHE_DEVICE', 'gpu')
  await expect(createEngine()).rejects.toThrow(UserError)
  await expect(createEngine()).rejects.toThrow('expected cpu, cuda, webgpu, got gpu')
  vi.stubEnv('LETHE_DEVICE', 'webgpu')
  await expect(createEngine()).rejects.toThrow('no library')
})

test('an engine that is not known is refused, and XLA without a plugin says what to install', async () => {
  vi.stubEnv('LETHE_ENGINE', 'jax')
  await expect(createEngine()).rejects.toThrow('LETHE_ENGINE: expected onnx, xla, got jax')
  vi.stubEnv('LETHE_ENGINE', 'xla')
  vi.stubEnv('LETHE_PJRT', '')
  await expect(createEngine()).rejects.toThrow(UserError)
  await expect(createEngine()).rejects.toThrow(
    /LETHE_PJRT: expected .*, got nothing\. .*lammps-jax-pjrt-cpu/,
  )
})
