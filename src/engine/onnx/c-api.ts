import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { koffi, requireStack } from '../../files/native-calls.ts'
import { runtimeFolder } from './runtime-folder.ts'

/** A C function as koffi binds it. */
type CFunction = ReturnType<ReturnType<typeof koffi.load>['func']>

/** An opaque pointer of ONNX Runtime. */
export type Handle = unknown

/** Position in `OrtApi`, the table of functions of onnxruntime_c_api.h; it only ever grows at its end. */
const table = {
  GetErrorMessage: [2, 'const char* f(void* status)'],
  CreateSessionFromArray: [
    8,
    'void* f(void* env, const void* data, size_t size, void* options, _Out_ void** out)',
  ],
  Run: [
    9,
    'void* f(void* session, void* options, const char** inputNames, void** inputs, size_t inputCount, const char** outputNames, size_t outputCount, void** outputs)',
  ],
  CreateSessionOptions: [10, 'void* f(_Out_ void** out)'],
  DisableMemPattern: [17, 'void* f(void* options)'],
  SetSessionGraphOptimizationLevel: [23, 'void* f(void* options, int level)'],
  CreateTensorWithDataAsOrtValue: [
    49,
    'void* f(void* memory, void* data, size_t bytes, const int64_t* shape, size_t rank, int type, _Out_ void** out)',
  ],
  CreateCpuMemoryInfo: [69, 'void* f(int allocator, int type, _Out_ void** out)'],
  ReleaseEnv: [92, 'void f(void* env)'],
  ReleaseStatus: [93, 'void f(void* status)'],
  ReleaseSession: [95, 'void f(void* session)'],
  ReleaseValue: [96, 'void f(void* value)'],
  ReleaseSessionOptions: [100, 'void f(void* options)'],
  CreateEnvWithGlobalThreadPools: [
    119,
    'void* f(int level, const char* id, void* threading, _Out_ void** out)',
  ],
  DisablePerSessionThreads: [120, 'void* f(void* options)'],
  CreateThreadingOptions: [121, 'void* f(_Out_ void** out)'],
  ReleaseThreadingOptions: [122, 'void f(void* options)'],
  AddSessionConfigEntry: [130, 'void* f(void* options, const char* key, const char* value)'],
  CreateAndRegisterAllocator: [144, 'void* f(void* env, void* memory, void* arena)'],
  SetGlobalIntraOpNumThreads: [147, 'void* f(void* options, int count)'],
  SetGlobalInterOpNumThreads: [148, 'void* f(void* options, int count)'],
  SetGlobalSpinControl: [149, 'void* f(void* options, int spin)'],
  ReleaseArenaCfg: [157, 'void f(void* arena)'],
  CreateArenaCfgV2: [
    164,
    'void* f(const char** keys, const size_t* values, size_t count, _Out_ void** out)',
  ],
  SessionOptionsAppendExecutionProvider_CUDA_V2: [204, 'void* f(void* options, void* cuda)'],
  CreateCUDAProviderOptions: [205, 'void* f(_Out_ void** out)'],
  UpdateCUDAProviderOptions: [
    206,
    'void* f(void* cuda, const char** keys, const char** values, size_t count)',
  ],
  ReleaseCUDAProviderOptions: [208, 'void f(void* cuda)'],
  SessionOptionsAppendExecutionProvider: [
    216,
    'void* f(void* options, const char* name, const char** keys, const char** values, size_t count)',
  ],
} as const

type FunctionName = keyof typeof table

/** The functions of ONNX Runtime's C interface, with failures turned into exceptions. */
export interface OrtApi {
  /** Calls a function that returns a status. */
  call(name: FunctionName, ...args: unknown[]): void
  /** Calls a function whose last argument receives a new handle. */
  make(name: FunctionName, ...args: unknown[]): Handle
  /** Calls a release function. */
  release(name: FunctionName, handle: Handle): void
  /** Calls a function that returns a status on another thread. */
  callAsync(name: FunctionName, ...args: unknown[]): Promise<void>
}

/** Where onnxruntime-node keeps the shared library, or null where this platform has none. */
export function findLibrary(): string | null {
  const folder = join(runtimeFolder(), 'bin', 'napi-v6', process.platform, process.arch)
  const names = ['libonnxruntime.so.1', 'libonnxruntime.1.dylib', 'onnxruntime.dll']
  return names.map((name) => join(folder, name)).find((file) => existsSync(file)) ?? null
}

/**
 * Opens the shared library.
 *
 * @throws Error where it cannot be opened
 */
export function openOrtApi(file: string): OrtApi {
  requireStack(stackBytes)
  const library = koffi.load(file)
  loaded.push(library)
  const base = library.func('void* OrtGetApiBase()')()
  const pointerAt = (address: unknown, index: number) => koffi.decode(address, index * 8, 'void*')
  const bind = (address: unknown, signature: string) =>
    koffi.decode(address, koffi.proto(signature.replace(' f(', ` OrtFunction${serial++}(`)))
  const api = bind(pointerAt(base, 0), 'void* f(uint32_t version)')(20)
  if (!api) throw new Error('this ONNX Runtime does not offer C interface version 20')
  const functions = new Map<FunctionName, CFunction>()
  for (const [name, [index, signature]] of Object.entries(table))
    functions.set(name as FunctionName, bind(pointerAt(api, index), signature))
  const find = (name: FunctionName) => functions.get(name) as CFunction
  const check = (status: Handle) => {
    if (!status) return
    const message = find('GetErrorMessage')(status)
    find('ReleaseStatus')(status)
    throw new Error(`ONNX Runtime: ${message}`)
  }
  return {
    call: (name, ...args) => check(find(name)(...args)),
    make(name, ...args) {
      const out: Handle[] = [null]
      check(find(name)(...args, out))
      return out[0]
    },
    release: (name, handle) => find(name)(handle),
    callAsync: (name, ...args) =>
      new Promise((resolve, reject) => {
        find(name).async(...args, (error: unknown, status: Handle) => {
          try {
            if (error) throw error
            check(status)
            resolve()
          } catch (problem) {
            reject(problem)
          }
        })
      }),
  }
}

let serial = 0

/** Never let go: a library that is collected is unloaded under the functions taken from it. */
const loaded: unknown[] = []

const stackBytes = 2 ** 20
