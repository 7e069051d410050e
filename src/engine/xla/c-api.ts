import { koffi, requireStack } from '../../files/native-calls.ts'
import { type Field, type FunctionName, functions } from './layout.ts'
import { Native, textAt } from './native.ts'

/** A failure that a plugin reported; `code` is a `PJRT_Error_Code`. */
export class PjrtError extends Error {
  readonly code: number

  constructor(what: string, code: number, message: string) {
    super(`${what}: ${message}`)
    this.name = 'PjrtError'
    this.code = code
  }
}

type Arguments = Readonly<Record<string, bigint | number>>
type Results = Readonly<Record<string, bigint>>

/** The functions of one plugin, with failures turned into exceptions: arguments by name, and all of them after the call. */
export interface PjrtApi {
  readonly file: string
  /** Of the C interface. */
  readonly version: { readonly major: number; readonly minor: number }
  call(name: FunctionName, given?: Arguments): Results
  /** Calls on another thread. */
  callAsync(name: FunctionName, given?: Arguments): Promise<Results>
}

/** XLA compiles on the thread that calls it; koffi gives no more. */
const stackBytes = 16 * 2 ** 20

/** Never let go: a library that is collected is unloaded under the functions taken from it. */
const loaded: unknown[] = []

const anyFunction = koffi.proto('void *PjrtFunction(void *args)')
const anyDeleter = koffi.proto('void PjrtDeleter(void *owner)')

/** Zeros behind each struct, so that a plugin whose own is longer finds its new fields unset. */
const spare = 64

/**
 * Opens a plugin: a shared object that exports `GetPjrtApi`.
 *
 * @throws Error where it cannot be opened, or is none; PjrtError where it does not start
 */
export function openPjrtApi(file: string): PjrtApi {
  // Errors come as exceptions; the compiler would write them to the terminal as well.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'
  requireStack(stackBytes)
  const library = koffi.load(file)
  loaded.push(library)
  const pointer = koffi.address(library.func('void *GetPjrtApi()')())
  const head = new DataView(koffi.view(pointer, 40))
  const tableSize = Number(head.getBigUint64(0, true))
  const version = { major: head.getInt32(32, true), minor: head.getInt32(36, true) }
  const calls = version.major === 0 ? bindAll(pointer, tableSize) : new Map<FunctionName, never>()

  const find = (name: FunctionName) => {
    const f = calls.get(name)
    if (!f) throw new Error(`PJRT ${version.major}.${version.minor} has no ${name}`)
    return f
  }
  const unchecked = (name: FunctionName, given: Arguments) => {
    const memory = write(name, given)
    const status = find(name)(memory.address)
    return { status, results: readAndFree(name, memory) }
  }
  const check = (name: FunctionName, status: unknown) => {
    if (!status) return
    const error = koffi.address(status)
    const { message, size } = unchecked('Error_Message', { error }).results
    const { code } = unchecked('Error_GetCode', { error }).results
    const words = textAt(message, size)
    unchecked('Error_Destroy', { error })
    throw new PjrtError(name, Number(code), words)
  }
  const api: PjrtApi = {
    file,
    version,
    call(name, given = {}) {
      const { status, results } = unchecked(name, given)
      check(name, status)
      return results
    },
    callAsync: (name, given = {}) =>
      new Promise((resolve, reject) => {
        const memory = write(name, given)
        find(name).async(memory.address, (problem: unknown, status: unknown) => {
          try {
            const results = readAndFree(name, memory)
            if (problem) throw problem
            check(name, status)
            resolve(results)
          } catch (error) {
            reject(error)
          }
        })
      }),
  }
  if (version.major === 0) api.call('Plugin_Initialize')
  return api
}

/** The functions that a plugin's table has; an older one has fewer. */
function bindAll(pointer: bigint, tableSize: number) {
  const words = new DataView(koffi.view(pointer, tableSize))
  const calls = new Map<FunctionName, ReturnType<typeof koffi.decode>>()
  for (const [name, { at }] of functions) {
    const address = at + 8 <= tableSize ? words.getBigUint64(at, true) : 0n
    if (address !== 0n) calls.set(name, koffi.decode(address, anyFunction))
  }
  return calls
}

function write(name: FunctionName, given: Arguments): Native {
  const { size, fields } = layoutOf(name)
  const memory = new Native(size + spare)
  memory.setWord(0, size + spare)
  for (const [field, value] of Object.entries(given)) {
    const { at, bytes } = fields.get(field) as Field
    if (bytes === 4) memory.view.setInt32(at, Number(value), true)
    else if (bytes === 1) memory.view.setUint8(at, Number(value))
    else memory.setWord(at, value)
  }
  return memory
}

function readAndFree(name: FunctionName, memory: Native): Results {
  const results: Record<string, bigint> = {}
  for (const [field, { at, bytes }] of layoutOf(name).fields)
    results[field] =
      bytes === 8
        ? memory.word(at)
        : BigInt(bytes === 4 ? memory.view.getInt32(at, true) : memory.view.getUint8(at))
  memory.free()
  return results
}

function layoutOf(name: FunctionName) {
  const layout = functions.get(name)
  if (!layout) throw new Error(`internal: no layout of ${name}`)
  return layout
}

/** Hands memory that a plugin lent back to it. */
export function giveBack(deleter: bigint, owner: bigint): void {
  koffi.decode(deleter, anyDeleter)(owner)
}
