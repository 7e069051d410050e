/** A field of an argument struct: where it is, and how wide. */
export interface Field {
  readonly at: number
  readonly bytes: 1 | 4 | 8
}

/** A function of the interface: its place in the table of functions, and the struct of its arguments. */
export interface FunctionLayout {
  readonly at: number
  readonly size: number
  readonly fields: ReadonlyMap<string, Field>
}

/**
 * What Lethe needs of pjrt_c_api.h (version 0.104, 64-bit little endian): for each function its offset in `PJRT_Api`, the
 * size of its arguments, and their fields as `name@offset`, eight bytes unless a width follows.
 *
 * Every struct begins with its own size and a pointer to extensions. The table and the structs only ever grow at their ends,
 * and a plugin takes a struct that is longer than its own for one with fields that it does not know.
 */
const table = {
  Error_Destroy: '40 24 error@16',
  Error_Message: '48 40 error@16 message@24 size@32',
  Error_GetCode: '56 28 error@16 code@24:4',
  Plugin_Initialize: '64 16',
  Plugin_Attributes: '72 32 attributes@16 count@24',
  Event_Destroy: '80 24 event@16',
  Event_IsReady: '88 25 event@16 isReady@24:1',
  Event_Error: '96 24 event@16',
  Event_Await: '104 24 event@16',
  Client_Create: '120 88 options@16 optionCount@24 client@64',
  Client_Destroy: '128 24 client@16',
  Client_PlatformName: '136 40 client@16 name@24 size@32',
  Client_AddressableDevices: '168 40 client@16 devices@24 count@32',
  Client_Compile: '200 56 client@16 program@24 options@32 optionsSize@40 executable@48',
  Client_BufferFromHostBuffer:
    '216 120 client@16 data@24 type@32:4 dims@40 rank@48 semantics@72:4 device@80 done@104 buffer@112',
  DeviceDescription_Id: '224 28 description@16 id@24:4',
  DeviceDescription_Kind: '248 40 description@16 kind@24 size@32',
  Device_GetDescription: '272 32 device@16 description@24',
  Executable_Destroy: '360 24 executable@16',
  Executable_NumOutputs: '392 32 executable@16 count@24',
  Executable_Serialize: '432 56 executable@16 bytes@24 size@32 owner@40 deleter@48',
  LoadedExecutable_Destroy: '440 24 executable@16',
  LoadedExecutable_GetExecutable: '448 32 loaded@16 executable@24',
  LoadedExecutable_Execute:
    '480 80 executable@16 options@24 arguments@32 devices@40 argumentCount@48 outputs@56 events@64',
  Executable_DeserializeAndLoad: '488 64 client@16 bytes@24 size@32 executable@40',
  Buffer_Destroy: '504 24 buffer@16',
  Buffer_ToHostBuffer: '600 56 source@16 layout@24 target@32 size@40 event@48',
} as const

export type FunctionName = keyof typeof table

export const functions: ReadonlyMap<FunctionName, FunctionLayout> = new Map(
  Object.entries(table).map(([name, text]) => {
    const [at, size, ...fields] = text.split(' ')
    return [name as FunctionName, { at: Number(at), size: Number(size), fields: fieldsOf(fields) }]
  }),
)

function fieldsOf(texts: readonly string[]): ReadonlyMap<string, Field> {
  return new Map(
    texts.map((text) => {
      const [name, at, bytes = '8'] = text.split(/[@:]/)
      return [name, { at: Number(at), bytes: Number(bytes) as Field['bytes'] }]
    }),
  )
}

/** `PJRT_Buffer_Type`. */
export const bufferTypes = { bool: 1, i32: 4, i64: 5, f32: 11 } as const

/** `PJRT_HostBufferSemantics`: how long the caller's memory has to stay as it is. */
export const hostBuffers = { copiedInTheCall: 0, readInPlace: 2 } as const

/** `PJRT_Error_Code` of an option that a plugin does not know. */
export const invalidArgument = 3

/** `PJRT_Error_Code` of what did not fit. */
export const resourceExhausted = 8
