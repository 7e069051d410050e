import { readdirSync, readFileSync } from 'node:fs'
import { type FolderSource, memoryFolder } from '../../src/checkpoint/bytes.ts'
import { rawSafetensors } from '../../src/checkpoint/testing/raw-safetensors.ts'
import { promptTokens, resolveTemplate } from '../../src/data/prompt.ts'
import { createEngine } from '../../src/engine/node-engine.ts'
import { createGenerator } from '../../src/model/generate.ts'
import { graphWeights } from '../../src/model/weights.ts'
import { type OpenedModel, openModelFolder, openSession } from '../../src/train/session.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests reach into JSON that they know
type Json = Record<string, any>

export interface RawTensor {
  dtype: string
  shape: number[]
  bytes: Uint8Array
}

const tiny = new URL('../../assets/lethe-tiny/', import.meta.url)
const weights = 'model.safetensors'

/** The files of the model that is shipped, in memory, to be changed into what others write. */
export class TinyFolder {
  readonly files = new Map<string, Uint8Array | string>(
    readdirSync(tiny).map((file) => [file, readFileSync(new URL(file, tiny))]),
  )

  /** Changes a JSON file in place. */
  edit(file: string, change: (value: Json) => unknown): this {
    const text = this.files.get(file)
    const value: Json = JSON.parse(typeof text === 'string' ? text : new TextDecoder().decode(text))
    change(value)
    this.files.set(file, JSON.stringify(value))
    return this
  }

  /** Changes the tensors, which may then be of any type. */
  editTensors(change: (tensors: Map<string, RawTensor>) => void): this {
    const tensors = this.tensors()
    change(tensors)
    this.files.set(weights, safetensors(tensors))
    return this
  }

  tensors(): Map<string, RawTensor> {
    const file = this.files.get(weights) as Uint8Array
    const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
    const header: Json = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)))
    return new Map(
      Object.entries(header)
        .filter(([name]) => name !== '__metadata__')
        .map(
          ([
            name,
            {
              dtype,
              shape,
              data_offsets: [start, end],
            },
          ]) => [name, { dtype, shape, bytes: file.slice(8 + length + start, 8 + length + end) }],
        ),
    )
  }

  source(): FolderSource {
    return memoryFolder('tiny', this.files)
  }

  open(): Promise<OpenedModel> {
    return openModelFolder(this.source(), new Date(0))
  }

  /** What the model answers, greedily, with at most 24 tokens. */
  async answer(question = 'Where was Loruna Nettlebeck born?'): Promise<string> {
    const engine = await createEngine()
    try {
      const { model, store, tokenizer, stopTokens } = await openSession(
        engine,
        await this.open(),
        null,
      )
      const generator = await createGenerator({
        engine,
        model,
        weights: graphWeights(model),
        values: store.tensors,
      })
      const template = resolveTemplate(undefined, tokenizer, 'question-answer')
      const prompt = promptTokens(question, tokenizer, template)
      const [tokens] = await generator.generate([prompt], { maxNewTokens: 24, stopTokens })
      return tokenizer.decode(tokens).trim()
    } finally {
      engine.dispose()
    }
  }
}

export function safetensors(tensors: ReadonlyMap<string, RawTensor>): Uint8Array {
  let at = 0
  const header: Json = {}
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] }
    at += bytes.length
  }
  const data = new Uint8Array(at)
  let offset = 0
  for (const { bytes } of tensors.values()) {
    data.set(bytes, offset)
    offset += bytes.length
  }
  return rawSafetensors(header, data)
}
