import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { build, needing } from './helpers/needs.ts'

const folder = 'dist/playground/assets'

/** Bytes of the files whose names end so. */
function sizeOf(pattern: RegExp): number {
  const files = readdirSync(folder).filter((file) => pattern.test(file))
  expect(files, `${pattern} in ${folder}`).not.toEqual([])
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
}

describe('the built playground', needing(build), () => {
  // A tenth above what was there when it was measured: what goes over wants a reason, and then another number here.
  test.each([
    ['the page: 246 kB of preact and its forms', /^index-.*\.js$/, 270_000],
    // 667 kB before eleven families, stretched positions and shared beginnings came, 740 before a tokenizer's patterns were parsed.
    ['the worker: 809 kB of Lethe, its schemas and tokenizers', /^worker-.*\.js$/, 890_000],
    ['all scripts: 1.25 MB, ONNX Runtime’s among them', /\.m?js$/, 1_375_000],
    ['the runtime without WebGPU: 14.2 MB', /^ort-wasm-simd-threaded-[^.]*\.wasm$/, 15_700_000],
    ['both runtimes: 41.0 MB, of which a page loads one', /\.wasm$/, 45_100_000],
    ['the model: 5.5 MB', /\.safetensors$/, 6_100_000],
  ])('%s', (_, pattern, ceiling) => {
    expect(sizeOf(pattern)).toBeLessThan(ceiling)
  })
})
