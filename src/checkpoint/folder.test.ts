import { readFileSync } from 'node:fs'
import { rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../files/testing/problems-of.ts'
import { temporaryFolder } from '../files/testing/temporary-folder.ts'
import { memoryFolder } from './bytes.ts'
import { openCheckpoint } from './folder.ts'
import { nodeFolder } from './node-folder.ts'
import { rawSafetensors } from './testing/raw-safetensors.ts'

const config = '{"model_type": "llama", "rope_theta": 10000.0}'
const f32 = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer)
const one = (name: string, dtype = 'F32', data = f32([1, 2])) =>
  rawSafetensors(
    {
      [name]: {
        dtype,
        shape: [data.length / (dtype === 'F32' ? 4 : dtype === 'I64' ? 8 : 2)],
        data_offsets: [0, data.length],
      },
    },
    data,
  )

const folder = (files: Record<string, string | Uint8Array>) =>
  memoryFolder('m', new Map(Object.entries({ 'config.json': config, ...files })))
const open = (files: Record<string, string | Uint8Array>) => openCheckpoint(folder(files))
const problems = (files: Record<string, string | Uint8Array>) => problemsOf(() => open(files))

const index = (map: Record<string, string>) => JSON.stringify({ metadata: {}, weight_map: map })

describe('openCheckpoint', () => {
  it('reads a single file of three types as float32', async () => {
    const data = new Uint8Array([...f32([0.5, -3]), 0x80, 0x3f, 0x20, 0xc0, 0x00, 0x3c, 0x01, 0x00])
    const file = rawSafetensors(
      {
        full: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
        brain: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] },
        half: { dtype: 'F16', shape: [2], data_offsets: [12, 16] },
      },
      data,
    )
    const checkpoint = await open({
      'model.safetensors': file,
      'generation_config.json': '{"a":1}',
    })
    expect(checkpoint.config).toEqual({ model_type: 'llama', rope_theta: 10000 })
    expect(checkpoint.configText).toBe(config)
    expect(checkpoint.generationConfig).toEqual({ a: 1 })
    expect([...checkpoint.tensors]).toEqual([
      ['full', { shape: [1, 2], dtype: 'F32', file: 'model.safetensors' }],
      ['brain', { shape: [2], dtype: 'BF16', file: 'model.safetensors' }],
      ['half', { shape: [2], dtype: 'F16', file: 'model.safetensors' }],
    ])
    expect([...(await checkpoint.read('full'))]).toEqual([0.5, -3])
    expect([...(await checkpoint.read('brain'))]).toEqual([1, -2.5])
    expect([...(await checkpoint.read('half'))]).toEqual([1, 2 ** -24])
  })

  it('reads a large tensor in pieces of 16 MiB', async () => {
    const values = new Float32Array(9_000_001).map((_, i) => i)
    const file = rawSafetensors(
      { big: { dtype: 'F32', shape: [values.length], data_offsets: [0, values.byteLength] } },
      new Uint8Array(values.buffer),
    )
    const source = folder({ 'model.safetensors': file })
    const lengths: number[] = []
    const checkpoint = await openCheckpoint({
      ...source,
      open: async (name) => {
        const bytes = await source.open(name)
        return {
          ...bytes,
          read: (offset, length) => {
            lengths.push(length)
            return bytes.read(offset, length)
          },
        }
      },
    })
    lengths.length = 0
    const read = await checkpoint.read('big')
    // `toEqual` takes a minute on nine million numbers.
    expect(Buffer.from(read.buffer).equals(Buffer.from(values.buffer))).toBe(true)
    expect(lengths).toEqual([1 << 24, 1 << 24, 36_000_004 - (1 << 25)])
  })

  it('reads shards as the index says, and what the index leaves out', async () => {
    const both = rawSafetensors(
      {
        a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        extra: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
        b: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
      },
      f32([10, 20, 30]),
    )
    const checkpoint = await open({
      'x.safetensors': one('a'),
      'y.safetensors': both,
      'model.safetensors.index.json': index({ a: 'x.safetensors', b: 'y.safetensors' }),
    })
    expect([...checkpoint.tensors.keys()]).toEqual(['a', 'extra', 'b'])
    expect([...(await checkpoint.read('a'))]).toEqual([1, 2])
    expect([...(await checkpoint.read('b'))]).toEqual([30])
  })

  it('names what is missing', async () => {
    expect(await problemsOf(() => openCheckpoint(memoryFolder('m', new Map())))).toMatchObject([
      { code: 'missing-file', path: 'm/config.json', got: 'an empty folder' },
    ])
    expect(await problems({})).toMatchObject([
      { code: 'missing-file', expected: 'model.safetensors or model.safetensors.index.json' },
    ])
    expect(await problems({ 'pytorch_model.bin': '' })).toMatchObject([
      {
        got: 'pytorch_model.bin: pickled weights',
        hint: expect.stringContaining('save_pretrained'),
      },
    ])
  })

  it('names every missing shard at once', async () => {
    const found = await problems({
      'x.safetensors': one('a'),
      'model.safetensors.index.json': index({
        a: 'x.safetensors',
        lost: 'x.safetensors',
        b: 'y.safetensors',
        c: 'z.safetensors',
      }),
    })
    expect(found).toMatchObject([
      { code: 'missing-file', path: 'm/y.safetensors' },
      { code: 'missing-file', path: 'm/z.safetensors' },
    ])
  })

  it('keeps apart what the index names and its shard lacks', async () => {
    const opened = await open({
      'x.safetensors': one('a'),
      'model.safetensors.index.json': index({ a: 'x.safetensors', lost: 'x.safetensors' }),
    })
    expect([...opened.absent]).toEqual([['lost', 'x.safetensors']])
  })

  it('refuses an index that is not one, or that leads out of the folder', async () => {
    for (const text of ['{}', '{"weight_map": {}}', '{"weight_map": ["a"]}', index({ a: '../x' })])
      expect(await problems({ 'model.safetensors.index.json': text })).toMatchObject([
        { code: 'invalid-index' },
      ])
  })

  it('keeps tensors of other types apart, to be copied', async () => {
    const opened = await open({ 'model.safetensors': one('a', 'I64', new Uint8Array(8).fill(3)) })
    expect([...opened.tensors]).toEqual([])
    expect([...opened.others.keys()]).toEqual(['a'])
    expect([...(await opened.readBytes('a'))]).toEqual(Array(8).fill(3))
  })

  it('names a truncated shard, and a corrupt config', async () => {
    expect(await problems({ 'model.safetensors': one('a').slice(0, -1) })).toMatchObject([
      { code: 'truncated-file', path: 'm/model.safetensors' },
    ])
    expect(await problems({ 'config.json': '{', 'model.safetensors': one('a') })).toMatchObject([
      { code: 'invalid-json', path: 'm/config.json' },
    ])
  })

  it('suggests the tensor that was meant', async () => {
    const checkpoint = await open({ 'model.safetensors': one('model.norm.weight') })
    expect(await problemsOf(() => checkpoint.read('model.norm.wieght'))).toMatchObject([
      { code: 'missing-tensor', hint: 'Did you mean "model.norm.weight"?' },
    ])
  })
})

describe('nodeFolder', () => {
  it('lists files and links to files, and reads by range', () =>
    temporaryFolder(async (path) => {
      await writeFile(join(path, 'b'), '0123456789')
      await symlink(join(path, 'b'), join(path, 'a'))
      await symlink(join(path, 'nowhere'), join(path, 'c'))
      const source = await nodeFolder(path)
      expect(await source.list()).toEqual(['a', 'b'])
      const file = await source.open('a')
      expect(file.size).toBe(10)
      expect(new TextDecoder().decode(await file.read(3, 4))).toBe('3456')
      expect(await problemsOf(() => file.read(8, 3))).toMatchObject([{ code: 'truncated-file' }])
      expect(await problemsOf(() => source.open('c'))).toMatchObject([
        { code: 'missing-file', got: 'a folder with a, b' },
      ])
    }))

  it('notices a file that is replaced or cut while it is open', () =>
    temporaryFolder(async (path) => {
      const name = join(path, 'w')
      await writeFile(name, '0123456789')
      const file = await (await nodeFolder(path)).open('w')
      await writeFile(name, '01234567890')
      expect(await problemsOf(() => file.read(0, 1))).toMatchObject([{ code: 'changed-file' }])
      await writeFile(name, '0')
      expect(await problemsOf(() => file.read(0, 2))).toMatchObject([{ code: 'truncated-file' }])
      await rm(name)
      expect(await problemsOf(() => file.read(0, 1))).toMatchObject([{ code: 'unreadable-file' }])
    }))

  it('refuses what is not a folder', async () => {
    expect(await problemsOf(() => nodeFolder('/nowhere/at/all'))).toMatchObject([
      { code: 'unreadable-folder', path: '/nowhere/at/all' },
    ])
  })
})

const golden = new URL('../../test/golden/', import.meta.url).pathname

describe.each(['llama-gqa-untied', 'llama-mha-tied', 'llama-sharded'])('golden %s', (name) => {
  it('every tensor has the stored bits, decoded apart', async () => {
    const checkpoint = await openCheckpoint(await nodeFolder(golden + name))
    expect(checkpoint.tensors.size).toBeGreaterThan(10)
    for (const [tensor, { dtype, file }] of checkpoint.tensors) {
      const bytes = readFileSync(join(golden, name, file))
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      const headerBytes = Number(view.getBigUint64(0, true))
      const header = JSON.parse(bytes.subarray(8, 8 + headerBytes).toString())
      const start = 8 + headerBytes + header[tensor].data_offsets[0]
      const values = await checkpoint.read(tensor)
      const differing = values.findIndex((value, i) => value !== decode(view, start, dtype, i))
      expect([tensor, differing]).toEqual([tensor, -1])
    }
  })
})

/** One value by arithmetic, without `half.ts`. */
function decode(view: DataView, start: number, dtype: string, i: number): number {
  if (dtype === 'F32') return view.getFloat32(start + 4 * i, true)
  const pattern = view.getUint16(start + 2 * i, true)
  const sign = pattern & 0x8000 ? -1 : 1
  const [exponentBits, fractionBits] = dtype === 'BF16' ? [8, 7] : [5, 10]
  const exponent = (pattern >>> fractionBits) & (2 ** exponentBits - 1)
  const fraction = (pattern & (2 ** fractionBits - 1)) / 2 ** fractionBits
  const bias = 2 ** (exponentBits - 1) - 1
  return sign * (exponent ? 1 + fraction : fraction) * 2 ** (Math.max(exponent, 1) - bias)
}
