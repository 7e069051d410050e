import { type ByteSource, type FolderSource, memoryFolder } from '../checkpoint/bytes.ts'
import { byteLength, safetensorsLayout } from '../checkpoint/safetensors-write.ts'
import { openGgufModel } from './gguf-model.ts'

const weights = 'model.safetensors'

/**
 * A GGUF file as the folder that `lethe import` would make of it, without one on the disk: weights are read from the file when they
 * are asked for. Memory: one tensor.
 *
 * @throws UserError as `openGgufModel`
 */
export async function ggufFolder(path: string): Promise<FolderSource> {
  const { folder } = await openGgufModel(path, 'F32')
  const others = memoryFolder(path, new Map([...folder.tokenizerFiles, ...configOf(folder.config)]))
  const source = weightsSource(path, folder.tensors, async (name) => {
    const { buffer, byteOffset, byteLength } = (await folder.read(name)) as Float32Array
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
  return {
    name: path,
    list: async () => [...(await others.list()), weights].sort(),
    open: async (file) => (file === weights ? source : others.open(file)),
  }
}

function configOf(config: string): Map<string, Uint8Array> {
  return new Map([['config.json', new TextEncoder().encode(config)]])
}

/** The bytes of a safetensors file that is nowhere; the tensor that was read last is kept, for it is read piece by piece. */
function weightsSource(
  name: string,
  tensors: Parameters<typeof safetensorsLayout>[0],
  read: (name: string) => Promise<Uint8Array>,
): ByteSource {
  const { head, order, byteLength: size } = safetensorsLayout(tensors, { format: 'pt' })
  let end = head.length
  const parts = order.map((tensor) => {
    const start = end
    end += byteLength(tensor)
    return { name: tensor.name, start, end }
  })
  let last: { name: string; bytes: Uint8Array } | null = null
  return {
    name,
    size,
    async read(offset, length) {
      const out = new Uint8Array(length)
      const put = (bytes: Uint8Array, start: number) => {
        const from = Math.max(offset, start)
        const to = Math.min(offset + length, start + bytes.length)
        if (from < to) out.set(bytes.subarray(from - start, to - start), from - offset)
      }
      put(head, 0)
      for (const part of parts) {
        if (part.start >= offset + length || part.end <= offset) continue
        if (last?.name !== part.name) last = { name: part.name, bytes: await read(part.name) }
        put(last.bytes, part.start)
      }
      return out
    },
  }
}
