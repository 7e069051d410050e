import { describe, expect, it } from 'vitest'
import { problemsOf } from '../files/testing/problems-of.ts'
import { memoryBytes } from './bytes.ts'
import { readSafetensorsHeader } from './safetensors.ts'
import { rawSafetensors } from './testing/raw-safetensors.ts'

const read = (file: Uint8Array) => readSafetensorsHeader(memoryBytes('w.safetensors', file))
const problems = (header: unknown, dataBytes = 0) =>
  problemsOf(() => read(rawSafetensors(header, dataBytes)))
const f32 = (start: number, end: number, shape = [(end - start) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [start, end],
})

describe('readSafetensorsHeader', () => {
  it('gives tensors in the order of the data, with absolute offsets', async () => {
    const header = {
      b: f32(24, 32),
      __metadata__: { format: 'pt' },
      scalar: f32(20, 24, []),
      a: { dtype: 'BF16', shape: [2, 5], data_offsets: [0, 20] },
      empty: f32(20, 20, [0, 7]),
    }
    const file = rawSafetensors(header, 32)
    const start = file.length - 32
    expect(await read(file)).toEqual({
      metadata: { format: 'pt' },
      tensors: new Map([
        ['a', { dtype: 'BF16', shape: [2, 5], offset: start, byteLength: 20 }],
        ['empty', { dtype: 'F32', shape: [0, 7], offset: start + 20, byteLength: 0 }],
        ['scalar', { dtype: 'F32', shape: [], offset: start + 20, byteLength: 4 }],
        ['b', { dtype: 'F32', shape: [2], offset: start + 24, byteLength: 8 }],
      ]),
    })
  })

  it('reads only the header', async () => {
    const file = rawSafetensors(`${JSON.stringify({ a: f32(0, 4096) })}     `, 4096)
    const ranges: number[][] = []
    const whole = memoryBytes('w', file)
    await readSafetensorsHeader({
      ...whole,
      read: (offset, length) => {
        ranges.push([offset, length])
        return whole.read(offset, length)
      },
    })
    expect(ranges).toEqual([
      [0, 8],
      [8, file.length - 4096 - 8],
    ])
  })

  it('takes an empty header', async () => {
    expect((await read(rawSafetensors('{}'))).tensors.size).toBe(0)
  })

  it('refuses a file too short for a header length', async () => {
    expect(await problemsOf(() => read(new Uint8Array(7)))).toMatchObject([
      { code: 'truncated-file', path: 'w.safetensors', got: '7 bytes' },
    ])
  })

  it('refuses a header longer than the file, or than 100 MB', async () => {
    const file = rawSafetensors('{}')
    new DataView(file.buffer).setBigUint64(0, 3n, true)
    expect(await problemsOf(() => read(file))).toMatchObject([
      { code: 'invalid-header-length', expected: expect.stringContaining('= 2'), got: '3' },
    ])
    new DataView(file.buffer).setBigUint64(0, 2n ** 63n, true)
    expect(await problemsOf(() => read(file))).toMatchObject([{ code: 'invalid-header-length' }])
    const huge = {
      name: 'w',
      size: 1e12,
      read: async () => new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0]),
    }
    expect(await problemsOf(() => readSafetensorsHeader(huge))).toMatchObject([
      { code: 'invalid-header-length', expected: expect.stringContaining('100000000') },
    ])
  })

  it('knows a Git LFS pointer', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'
    const [problem] = await problemsOf(() => read(new TextEncoder().encode(pointer)))
    expect(problem.hint).toContain('git lfs pull')
  })

  it('refuses a header that is not JSON, not UTF-8, not an object', async () => {
    expect(await problems('{"a":')).toMatchObject([{ code: 'invalid-json' }])
    expect(await problems('[]')).toMatchObject([{ code: 'invalid-json', got: 'a list' }])
    const file = rawSafetensors('{"a":1}')
    file[10] = 0xff
    expect(await problemsOf(() => read(file))).toMatchObject([{ code: 'invalid-utf8' }])
  })

  it('refuses repeated keys', async () => {
    const one = JSON.stringify(f32(0, 4))
    expect(await problems(`{"a":${one},"a":${one}}`, 4)).toMatchObject([
      { code: 'duplicate-key', path: 'w.safetensors: a' },
    ])
    expect(
      await problems(`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4),
    ).toMatchObject([{ code: 'duplicate-key', path: 'w.safetensors: dtype' }])
  })

  it('names every bad entry at once', async () => {
    const header = {
      __metadata__: { count: 1 },
      dtype: { ...f32(0, 4), dtype: 'F33' },
      shape: { ...f32(0, 4), shape: [1.5] },
      negative: { ...f32(0, 4), shape: [-1] },
      none: null,
      offsets: { ...f32(0, 4), data_offsets: [4, 0] },
      three: { ...f32(0, 4), data_offsets: [0, 2, 4] },
      size: f32(0, 4, [2]),
    }
    expect(await problems(header, 4)).toMatchObject([
      { code: 'invalid-header', path: 'w.safetensors: __metadata__' },
      { code: 'invalid-dtype', path: 'w.safetensors: dtype', got: '"F33"' },
      { code: 'invalid-shape', path: 'w.safetensors: shape', got: '[1.5]' },
      { code: 'invalid-shape', path: 'w.safetensors: negative' },
      { code: 'invalid-dtype', path: 'w.safetensors: none', got: 'none' },
      { code: 'invalid-offsets', path: 'w.safetensors: offsets', got: '[4,0]' },
      { code: 'invalid-offsets', path: 'w.safetensors: three' },
      {
        code: 'invalid-size',
        path: 'w.safetensors: size',
        expected: 'end − start = product([2]) × 4 (F32) = 8 bytes',
        got: '4 − 0 = 4',
      },
    ])
  })

  it('refuses a size that overflows', async () => {
    const shape = [2 ** 52, 2 ** 52]
    expect(await problems({ a: { ...f32(0, 4), shape } }, 4)).toMatchObject([
      { code: 'invalid-size' },
    ])
  })

  it('refuses overlaps and gaps', async () => {
    expect(await problems({ a: f32(0, 8), b: f32(4, 12) }, 12)).toMatchObject([
      { code: 'invalid-offsets', path: 'w.safetensors: b', got: '4 (they overlap)' },
    ])
    expect(await problems({ a: f32(0, 4), b: f32(8, 12) }, 12)).toMatchObject([
      { code: 'invalid-offsets', path: 'w.safetensors: b', got: '8 (a gap)' },
    ])
    expect(await problems({ a: f32(4, 8) }, 8)).toMatchObject([{ path: 'w.safetensors: a' }])
  })

  it('refuses a truncated file, and bytes that belong to no tensor', async () => {
    const file = rawSafetensors({ a: f32(0, 400) }, 400)
    expect(await problemsOf(() => read(file.slice(0, -1)))).toMatchObject([
      { code: 'truncated-file', got: `${file.length - 1} bytes` },
    ])
    expect(await problems({ a: f32(0, 400) }, 401)).toMatchObject([{ code: 'invalid-offsets' }])
  })

  it('shows ten of many problems and says how many more', async () => {
    const header = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`t${i}`, null]))
    const found = await problems(header)
    expect(found).toHaveLength(10)
    expect(found[9].hint).toBe('And 22 more problems.')
  })
})
