import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { memoryBytes } from './bytes.ts'
import { openCheckpoint } from './folder.ts'
import { nodeFolder } from './node-folder.ts'
import { readSafetensorsHeader, readValues } from './safetensors.ts'
import { safetensorsBytes, safetensorsLayout, type TensorSpec } from './safetensors-write.ts'

async function collect(
  tensors: readonly TensorSpec[],
  read: (name: string) => Float32Array | Promise<Float32Array>,
  metadata: Record<string, string> = {},
): Promise<{ file: Uint8Array; byteLength: number }> {
  const layout = safetensorsLayout(tensors, metadata)
  const pieces: Uint8Array[] = []
  for await (const piece of safetensorsBytes(layout, read)) pieces.push(piece.slice())
  return { file: new Uint8Array(Buffer.concat(pieces)), byteLength: layout.byteLength }
}

describe('safetensorsLayout', () => {
  it('gives the header that safetensors 0.8.0 for Python gives', () => {
    // safetensors.numpy.save({…}, metadata={'format': 'pt'}), the tensors in another order.
    const layout = safetensorsLayout(
      [
        { name: 'a', dtype: 'F16', shape: [3] },
        { name: '2', dtype: 'F32', shape: [1] },
        { name: 'é', dtype: 'F32', shape: [] },
        { name: 'b', dtype: 'F32', shape: [2] },
        { name: 'Z', dtype: 'F32', shape: [0, 4] },
      ],
      { format: 'pt' },
    )
    const header =
      '{"__metadata__":{"format":"pt"},"2":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},' +
      '"Z":{"dtype":"F32","shape":[0,4],"data_offsets":[4,4]},' +
      '"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},' +
      '"é":{"dtype":"F32","shape":[],"data_offsets":[12,16]},' +
      '"a":{"dtype":"F16","shape":[3],"data_offsets":[16,22]}}'
    const text = new TextDecoder().decode(layout.head.subarray(8))
    expect(text.trimEnd()).toBe(header)
    expect(layout.head.length % 8).toBe(0)
    expect(text.length - header.length).toBeLessThan(8)
    expect(layout.byteLength).toBe(layout.head.length + 22)
  })

  it('puts wider types first, bfloat16 before float16, then sorts by code point', () => {
    const names = (['F16', 'BF16', 'F32'] as const).flatMap((dtype) =>
      ['😀', '\uffee', 'a', 'B'].map((name) => ({ name: name + dtype, dtype, shape: [1] })),
    )
    expect(safetensorsLayout(names, {}).order.map(({ name }) => name)).toEqual(
      ['F32', 'BF16', 'F16'].flatMap((dtype) => ['B', 'a', '\uffee', '😀'].map((x) => x + dtype)),
    )
  })
})

describe('safetensorsBytes', () => {
  it('writes what reads back: float32 bit for bit, the others rounded', async () => {
    const bits = Uint32Array.of(0x7fc12345, 0x80000000, 1, 0x7f800001, 0xff800000, 0x3f800001)
    const values = new Float32Array(bits.buffer)
    const tensors = (['F32', 'BF16', 'F16'] as const).map((dtype) => ({
      name: dtype,
      dtype,
      shape: [2, 3],
    }))
    const { file, byteLength } = await collect(tensors, () => values)
    expect(byteLength).toBe(file.length)
    const source = memoryBytes('w', file)
    const { tensors: stored } = await readSafetensorsHeader(source)
    const back = async (name: string) => readValues(source, stored.get(name)!)
    expect(new Uint32Array((await back('F32')).buffer)).toEqual(bits)
    expect([...(await back('BF16'))]).toEqual([Number.NaN, -0, 0, Number.NaN, -Infinity, 1])
    expect([...(await back('F16'))]).toEqual([Number.NaN, -0, 0, Number.NaN, -Infinity, 1])
  })

  it('asks for each tensor once, in turn, and yields pieces of at most 16 MiB', async () => {
    const size = 2 ** 22 + 5
    const asked: string[] = []
    const layout = safetensorsLayout(
      [
        { name: 'b', dtype: 'BF16', shape: [size] },
        { name: 'a', dtype: 'F32', shape: [size] },
      ],
      {},
    )
    const lengths: number[] = []
    const events: string[] = []
    for await (const piece of safetensorsBytes(layout, (name) => {
      asked.push(name)
      events.push(name)
      return new Float32Array(size)
    })) {
      lengths.push(piece.length)
      events.push(String(piece.length))
    }
    expect(asked).toEqual(['a', 'b'])
    expect(events).toEqual([
      String(layout.head.length),
      ...['a', String(2 ** 24), '20'],
      ...['b', String(2 * size)],
    ])
  })

  it('refuses values that do not fill the shape', async () => {
    const wrong = collect([{ name: 'a', dtype: 'F32', shape: [2] }], () => new Float32Array(3))
    await expect(wrong).rejects.toThrow('a: expected product([2]) = 2 values, got 3')
  })
})

const golden = new URL('../../test/golden/', import.meta.url).pathname
const folders = ['llama-mha-tied', 'llama-gqa-untied', 'llama-sharded', 'mistral-gqa', 'llama-text']

describe.each(folders)('golden %s', (name) => {
  it('read and written again has the same bytes', async () => {
    const checkpoint = await openCheckpoint(await nodeFolder(golden + name))
    const files = new Set([...checkpoint.tensors.values()].map(({ file }) => file))
    for (const file of files) {
      const tensors = [...checkpoint.tensors]
        .filter(([, tensor]) => tensor.file === file)
        .map(([name, tensor]) => ({ name, ...tensor }))
      const written = await collect(tensors, checkpoint.read, { format: 'pt' })
      const original = readFileSync(join(golden, name, file))
      expect(original.equals(written.file), file).toBe(true)
    }
  })
})
