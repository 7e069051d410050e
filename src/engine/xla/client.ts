import type { PjrtApi } from './c-api.ts'
import { waitFor } from './event.ts'
import { Executable } from './executable.ts'
import { bufferTypes, hostBuffers } from './layout.ts'
import { type NamedValue, namedValues, readNamedValues } from './named-values.ts'
import { addressOf, Native, textAt, wordsAt } from './native.ts'

/** Types of numbers on a device. */
export type ElementType = keyof typeof bufferTypes

export interface Device {
  readonly handle: bigint
  readonly id: number
  /** `cpu`, `NVIDIA H200` */
  readonly kind: string
}

/** XLA's CPU client reads host memory in place where it begins at a multiple of this. */
const alignment = 64n

/** A plugin's runtime, with the devices that this process may use. */
export class Client {
  readonly api: PjrtApi
  readonly platform: string
  readonly devices: readonly Device[]
  /** What the plugin says of itself: the versions of StableHLO that it reads, and so on. */
  readonly attributes: ReadonlyMap<string, NamedValue>
  readonly #handle: bigint

  constructor(api: PjrtApi, handle: bigint) {
    this.api = api
    this.#handle = handle
    const { name, size } = api.call('Client_PlatformName', { client: handle })
    this.platform = textAt(name, size)
    const local = api.call('Client_AddressableDevices', { client: handle })
    this.devices = wordsAt(local.devices, local.count).map((device) => {
      const { description } = api.call('Device_GetDescription', { device })
      const { kind, size } = api.call('DeviceDescription_Kind', { description })
      const { id } = api.call('DeviceDescription_Id', { description })
      return { handle: device, id: Number(id), kind: textAt(kind, size) }
    })
    this.attributes = pluginAttributes(api)
  }

  /** Compiles StableHLO on another thread. */
  async compile(program: string, options: Uint8Array): Promise<Executable> {
    const code = Native.ofText(program)
    const format = Native.ofText('mlir')
    const compile = Native.ofBytes(options)
    const description = new Native(48)
    description.setWord(0, 48)
    description.setWord(16, code.address)
    description.setWord(24, Buffer.byteLength(program))
    description.setWord(32, format.address)
    description.setWord(40, 4)
    try {
      const { executable } = await this.api.callAsync('Client_Compile', {
        client: this.#handle,
        program: description.address,
        options: compile.address,
        optionsSize: options.length,
      })
      return new Executable(this.api, executable)
    } finally {
      for (const memory of [code, format, compile, description]) memory.free()
    }
  }

  /** Loads what `Executable.serialise` gave to the same plugin and kind of device. */
  async load(bytes: Uint8Array): Promise<Executable> {
    const memory = Native.ofBytes(bytes)
    try {
      const { executable } = await this.api.callAsync('Executable_DeserializeAndLoad', {
        client: this.#handle,
        bytes: memory.address,
        size: bytes.length,
      })
      return new Executable(this.api, executable)
    } finally {
      memory.free()
    }
  }

  /**
   * A flat buffer on the first device, with a copy of an array's numbers.
   *
   * @param inPlace a CPU may read the array where it is; it must stay unchanged until the buffer is destroyed
   */
  upload(array: ArrayBufferView & { readonly length: number }, type: ElementType, inPlace = false) {
    const dims = Native.ofWords([array.length])
    const data = addressOf(array)
    const shared = inPlace && data % alignment === 0n
    const { done, buffer } = this.api.call('Client_BufferFromHostBuffer', {
      client: this.#handle,
      // An empty array has no address.
      data: array.length > 0 ? data : dims.address,
      type: bufferTypes[type],
      dims: dims.address,
      rank: 1,
      semantics: shared ? hostBuffers.readInPlace : hostBuffers.copiedInTheCall,
      device: this.devices[0].handle,
    })
    dims.free()
    this.api.call('Event_Destroy', { event: done })
    return buffer
  }

  /** Copies a flat buffer's numbers into an array of exactly the right size. */
  async download(buffer: bigint, into: ArrayBufferView): Promise<void> {
    if (into.byteLength === 0) return
    const order = Native.ofWords([0])
    const layout = new Native(80)
    layout.setWord(0, 76)
    layout.setWord(16, 56)
    layout.setWord(32, order.address)
    layout.setWord(40, 1)
    try {
      const { event } = this.api.call('Buffer_ToHostBuffer', {
        source: buffer,
        layout: layout.address,
        target: addressOf(into),
        size: into.byteLength,
      })
      await waitFor(this.api, event)
    } finally {
      layout.free()
      order.free()
    }
  }

  destroy(buffer: bigint): void {
    this.api.call('Buffer_Destroy', { buffer })
  }

  /** Ends the runtime; buffers and executables must be gone. */
  dispose(): void {
    this.api.call('Client_Destroy', { client: this.#handle })
  }
}

/** @throws PjrtError where there is no device, or the plugin refuses an option */
export async function createClient(
  api: PjrtApi,
  options: Readonly<Record<string, string | number | boolean>>,
): Promise<Client> {
  const list = namedValues(options)
  try {
    const { client } = await api.callAsync('Client_Create', {
      options: list.address,
      optionCount: list.count,
    })
    return new Client(api, client)
  } finally {
    list.free()
  }
}

export function pluginAttributes(api: PjrtApi): Map<string, NamedValue> {
  const { attributes, count } = api.call('Plugin_Attributes')
  return readNamedValues(attributes, count)
}
