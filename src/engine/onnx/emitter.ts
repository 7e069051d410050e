import type { Shape } from '../../graph/index.ts'
import { elementTypes, type OnnxAttribute, type OnnxWriter } from './lowering/lowering.ts'
import type { OnnxNode, OnnxTensor } from './proto.ts'

/** Collects the nodes and constants of an ONNX model, with names of its own making. */
export class Emitter implements OnnxWriter {
  readonly constants: OnnxTensor[] = []
  readonly shapeFeeds = new Map<string, Shape>()
  readonly #nodes: OnnxNode[] = []
  readonly #known = new Map<string, string>()
  readonly #renamed = new Map<string, string>()
  #count = 0

  emit(
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
    domain = '',
  ): string {
    return this.emitMany(1, opType, inputs, attributes, domain)[0]
  }

  emitMany(
    count: number,
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
    domain = '',
  ): readonly string[] {
    const outputs = Array.from({ length: count }, () => this.#fresh())
    this.#nodes.push({ opType, domain, inputs, outputs, attributes })
    return outputs
  }

  float(value: number): string {
    return this.#once(`float ${value}`, () => this.constant(Float32Array.of(value), []))
  }

  ints(values: readonly number[]): string {
    return this.#once(`ints ${values}`, () =>
      this.#constant(elementTypes.i64, BigInt64Array.from(values, BigInt), [values.length]),
    )
  }

  shape(shape: Shape): string {
    if (shape.every((dim) => typeof dim === 'number')) return this.ints(shape as number[])
    const name = `shape:${shape.join(',')}`
    this.shapeFeeds.set(name, shape)
    return name
  }

  constant(data: Float32Array | Int32Array, shape: readonly number[]): string {
    const type = data instanceof Int32Array ? elementTypes.i32 : elementTypes.f32
    return this.#constant(type, data, shape)
  }

  /** Makes a computed value a graph output. A value that is an input, a constant or already named is copied. */
  nameOutput(value: string, output: string): void {
    const computed = this.#nodes.some((node) => node.outputs.includes(value))
    if (computed && !this.#renamed.has(value)) this.#renamed.set(value, output)
    else
      this.#nodes.push({
        opType: 'Identity',
        domain: '',
        inputs: [value],
        outputs: [output],
        attributes: {},
      })
  }

  finishedNodes(): OnnxNode[] {
    const rename = (name: string) => this.#renamed.get(name) ?? name
    return this.#nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }))
  }

  #constant(
    elementType: number,
    data: Float32Array | Int32Array | BigInt64Array,
    shape: readonly number[],
  ): string {
    const name = this.#fresh()
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    this.constants.push({ name, elementType, shape, bytes })
    return name
  }

  #once(key: string, make: () => string): string {
    const known = this.#known.get(key)
    if (known) return known
    const name = make()
    this.#known.set(key, name)
    return name
  }

  #fresh(): string {
    return `:${this.#count++}`
  }
}
