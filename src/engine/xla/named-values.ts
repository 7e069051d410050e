import { Native, textAt, wordsAt } from './native.ts'

/** A value of `PJRT_NamedValue` as Lethe sends or reads it. */
export type NamedValue = string | number | boolean | readonly number[]

const stride = 56
const kinds = { text: 0, integer: 1, integers: 2, float: 3, boolean: 4 } as const

/** A list of `PJRT_NamedValue` in memory: numbers are sent as integers. */
export function namedValues(values: Readonly<Record<string, string | number | boolean>>) {
  const entries = Object.entries(values)
  const list = new Native(entries.length * stride)
  const owned = [list]
  const keep = (text: string) => {
    const native = Native.ofText(text)
    owned.push(native)
    return native.address
  }
  for (const [i, [name, value]] of entries.entries()) {
    const at = i * stride
    list.setWord(at, stride)
    list.setWord(at + 16, keep(name))
    list.setWord(at + 24, Buffer.byteLength(name))
    const isText = typeof value === 'string'
    const kind = isText ? kinds.text : typeof value === 'number' ? kinds.integer : kinds.boolean
    list.view.setInt32(at + 32, kind, true)
    if (typeof value === 'boolean') list.view.setUint8(at + 40, value ? 1 : 0)
    else list.setWord(at + 40, isText ? keep(value) : value)
    list.setWord(at + 48, isText ? Buffer.byteLength(value) : 1)
  }
  return {
    address: list.address,
    count: entries.length,
    free() {
      for (const native of owned) native.free()
    },
  }
}

/** The values of a list of `PJRT_NamedValue` that a plugin owns. */
export function readNamedValues(address: bigint, count: bigint): Map<string, NamedValue> {
  const values = new Map<string, NamedValue>()
  for (let i = 0n; i < count; i++) {
    const words = wordsAt(address + i * BigInt(stride), 7n)
    const signed = (word: bigint) => Number(BigInt.asIntN(64, word))
    const [, , name, nameSize, kind, value, size] = words
    const read: Record<number, () => NamedValue> = {
      [kinds.text]: () => textAt(value, size),
      [kinds.integer]: () => signed(value),
      [kinds.integers]: () => wordsAt(value, size).map(signed),
      [kinds.float]: () => new Float32Array(BigUint64Array.of(value).buffer)[0],
      [kinds.boolean]: () => (value & 255n) !== 0n,
    }
    const known = read[Number(kind & 0xffffffffn)]
    if (known) values.set(textAt(name, nameSize), known())
  }
  return values
}
