import { availableParallelism } from 'node:os'
import type { DType, Node } from '../../graph/index.ts'
import { bindShape } from '../../graph/index.ts'
import type { Engine, Program, TypedArray } from '../engine.ts'
import { hostArray, hostMemory } from '../host-memory.ts'
import { Mutex } from '../mutex.ts'
import { bindRun } from '../ports.ts'
import { findLibrary, type Handle, type OrtApi, openOrtApi } from './c-api.ts'
import { addGpu, type GpuProvider } from './gpu.ts'
import { type LoweredGraph, lower, resultName, shapeFeed } from './lower.ts'
import { elementTypes } from './lowering/lowering.ts'

const arrayTypes = {
  f32: Float32Array,
  i32: Int32Array,
  i64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>

export interface FfiOptions {
  readonly threads?: number | undefined
  /** The GPU, and which graphs run on it; none unless given. */
  readonly gpu?: {
    readonly provider: GpuProvider
    readonly takes: (outputs: Readonly<Record<string, Node>>) => boolean
  }
}

/**
 * ONNX Runtime through its C interface: outputs are written straight into the caller's arrays, and a run happens on
 * another thread, so the event loop stays free.
 *
 * All programs share one thread pool and one arena, so several programs neither compete for cores nor each keep
 * their own peak of memory.
 *
 * @throws where the library is missing or cannot be opened; use the npm engine then
 */
export function createFfiEngine({ threads: asked, gpu }: FfiOptions = {}): Engine {
  const file = findLibrary()
  if (!file)
    throw new Error(`onnxruntime-node has no library for ${process.platform} ${process.arch}`)
  const threads = asked ?? availableParallelism()
  const api = openOrtApi(file)
  const environment = createEnvironment(api, threads)
  const memory = api.make('CreateCpuMemoryInfo', 1, 0)
  registerArena(api, environment, memory)
  const tensors = new TensorHandles(api, memory)
  const mutex = new Mutex()
  const programs = new Set<Program>()
  return {
    id: gpu ? `onnx-${gpu.provider}` : 'onnx-ffi',
    threads,
    memory: hostMemory,
    async compile(outputs) {
      const { bytes, ...lowered } = lower(outputs)
      const session = createSession(
        api,
        environment,
        bytes,
        gpu?.takes(outputs) ? gpu.provider : null,
      )
      const program = programOf(api, session, lowered, tensors, mutex, () =>
        programs.delete(program),
      )
      programs.add(program)
      return program
    },
    dispose() {
      for (const program of [...programs]) program.dispose()
    },
  }
}

function createEnvironment(api: OrtApi, threads: number): Handle {
  const threading = api.make('CreateThreadingOptions')
  api.call('SetGlobalIntraOpNumThreads', threading, threads)
  api.call('SetGlobalInterOpNumThreads', threading, 1)
  // Errors come as exceptions; the runtime would write them to the terminal as well.
  const fatalOnly = 4
  const environment = api.make('CreateEnvWithGlobalThreadPools', fatalOnly, 'lethe', threading)
  api.release('ReleaseThreadingOptions', threading)
  return environment
}

function registerArena(api: OrtApi, environment: Handle, memory: Handle): void {
  const sameAsRequested = 1n
  const arena = api.make(
    'CreateArenaCfgV2',
    ['arena_extend_strategy'],
    BigUint64Array.of(sameAsRequested),
    1,
  )
  api.call('CreateAndRegisterAllocator', environment, memory, arena)
  api.release('ReleaseArenaCfg', arena)
}

function createSession(
  api: OrtApi,
  environment: Handle,
  bytes: Uint8Array,
  gpu: GpuProvider | null,
): Handle {
  const options = api.make('CreateSessionOptions')
  try {
    api.call('DisablePerSessionThreads', options)
    // With memory patterns the second run of a shape is very slow and memory doubles.
    api.call('DisableMemPattern', options)
    api.call('SetSessionGraphOptimizationLevel', options, 99)
    api.call('AddSessionConfigEntry', options, 'session.use_env_allocators', '1')
    if (gpu) addGpu[gpu](api, options)
    return api.make('CreateSessionFromArray', environment, bytes, bytes.length, options)
  } finally {
    api.release('ReleaseSessionOptions', options)
  }
}

/** The runtime's views of each array, one per shape, kept as long as the array itself. */
class TensorHandles {
  readonly #api: OrtApi
  readonly #memory: Handle
  readonly #known = new WeakMap<TypedArray, Map<string, Handle>>()
  readonly #collected: FinalizationRegistry<Map<string, Handle>>

  constructor(api: OrtApi, memory: Handle) {
    this.#api = api
    this.#memory = memory
    this.#collected = new FinalizationRegistry((views) => {
      for (const handle of views.values()) api.release('ReleaseValue', handle)
    })
  }

  of(port: string, dtype: DType, array: TypedArray, shape: readonly number[]): Handle {
    if (!(array instanceof arrayTypes[dtype]))
      throw new TypeError(
        `${port}: expected ${arrayTypes[dtype].name}, got ${array.constructor.name}`,
      )
    const views = this.#viewsOf(array)
    const key = shape.join()
    const known = views.get(key)
    if (known) return known
    const handle = this.#api.make(
      'CreateTensorWithDataAsOrtValue',
      this.#memory,
      array,
      array.byteLength,
      BigInt64Array.from(shape, BigInt),
      shape.length,
      elementTypes[dtype],
    )
    views.set(key, handle)
    return handle
  }

  #viewsOf(array: TypedArray): Map<string, Handle> {
    const known = this.#known.get(array)
    if (known) return known
    // Small arrays live on the moving heap until their buffer is asked for.
    void array.buffer
    const views = new Map<string, Handle>()
    this.#known.set(array, views)
    this.#collected.register(array, views)
    return views
  }
}

function programOf(
  api: OrtApi,
  created: Handle,
  { inputs, outputs, shapeFeeds }: Omit<LoweredGraph, 'bytes'>,
  tensors: TensorHandles,
  mutex: Mutex,
  onDispose: () => void,
): Program {
  let session: Handle | null = created
  return {
    inputs,
    outputs,
    run: (given, into) =>
      mutex.run(async () => {
        if (session === null) throw new Error('internal: run of a disposed program')
        const bindings = bindRun(inputs, outputs, given, into)
        const feeds = [...shapeFeeds].map(([name, shape]) => ({
          name,
          data: shapeFeed(shape, bindings),
        }))
        const inputHandles = [
          ...inputs.map(({ name, dtype }) =>
            tensors.of(name, dtype, hostArray(given[name].data), given[name].shape),
          ),
          ...feeds.map(({ name, data }) => tensors.of(name, 'i64', data, [data.length])),
        ]
        const outputHandles = outputs.map(({ name, dtype, shape }) =>
          tensors.of(`output ${name}`, dtype, hostArray(into[name]), bindShape(shape, bindings)),
        )
        await api.callAsync(
          'Run',
          session,
          null,
          [...inputs, ...feeds].map(({ name }) => name),
          inputHandles,
          inputHandles.length,
          outputs.map(({ name }) => resultName(name)),
          outputHandles.length,
          outputHandles,
        )
        keepAlive(given, into, feeds)
      }),
    dispose() {
      const released = session
      if (released === null) return
      session = null
      onDispose()
      // A run under way still uses it.
      void mutex.run(async () => api.release('ReleaseSession', released))
    },
  }
}

/** Arrays must not be collected while the runtime writes to them; a use after the run says so. */
function keepAlive(..._held: unknown[]): void {}
