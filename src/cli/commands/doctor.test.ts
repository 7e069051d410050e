import { expect, test } from 'vitest'
import { runCaptured } from '../testing/terminal.ts'

const env = {
  HF_TOKEN: 'hf_secret',
  HTTPS_PROXY: 'http://me:secret@proxy:80',
  OMP_NUM_THREADS: '2',
  HOME: '/home/me',
}

test('lethe doctor runs the engine and masks secrets', async () => {
  const { code, out, err } = await runCaptured(['doctor', '--json'], { env })
  const found = JSON.parse(out)
  expect([code, err]).toEqual([found.engine.works ? 0 : 1, ''])
  expect(found.node).toBe(process.version)
  expect(found.cores).toBeGreaterThan(0)
  expect(found.freeDiskBytes).toBeGreaterThan(0)
  expect(found.memoryBytes).toBeGreaterThanOrEqual(found.freeMemoryBytes / 2)
  expect(found.onnxruntime).toMatch(/^\d+\.\d+\.\d+/)
  expect(found.engine.id).toBe(found.ffi.opens ? 'onnx-ffi' : 'onnx-npm')
  expect(found.engine).toMatchObject({ works: true, detail: 'computes' })
  expect(found.environment).toEqual({
    HF_TOKEN: '(set, hidden)',
    HTTPS_PROXY: 'http://(hidden)@proxy:80',
    OMP_NUM_THREADS: '2',
  })
})

test('it says the same as text', async () => {
  const { code, out } = await runCaptured(['doctor'], { env })
  expect(code).toBe(0)
  expect(out).toMatch(/^lethe +\d/)
  expect(out).toMatch(/^engine +onnx-(ffi|npm), \d+ threads: computes$/m)
  expect(out).not.toContain('secret')
})
