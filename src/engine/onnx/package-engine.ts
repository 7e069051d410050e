import type {
  InferenceSession,
  InferenceSessionFactory,
  Tensor,
  TensorConstructor,
} from 'onnxruntime-common'
import type { DType } from '../../graph/index.ts'
import type { Engine, Program, TypedArray } from '../engine.ts'
import { hostArray, hostMemory } from '../host-memory.ts'
import { Mutex } from '../mutex.ts'
import { bindRun } from '../ports.ts'
import { lower, resultName, shapeFeed } from './lower.ts'

const typeNames = {
  f32: 'float32',
  i32: 'int32',
  i64: 'int64',
  bool: 'bool',
} as const satisfies Record<DType, string>

/** What the npm packages of ONNX Runtime have in common. */
export interface OrtPackage {
  readonly InferenceSession: InferenceSessionFactory
  readonly Tensor: TensorConstructor
}

/** An engine on a package of ONNX Runtime: works wherever that does; copies outputs and holds the thread it runs on. */
export function createPackageEngine(
  ort: OrtPackage,
  {
    id,
    threads,
    session: sessionOptions,
  }: {
    id: string
    threads: number
    session: InferenceSession.SessionOptions
  },
): Engine {
  const mutex = new Mutex()
  const programs = new Set<Program>()
  const toTensor = (dtype: DType, data: TypedArray, shape: readonly number[]): Tensor =>
    new ort.Tensor(typeNames[dtype], data as Float32Array, [...shape])
  return {
    id,
    threads,
    memory: hostMemory,
    async compile(graph) {
      const { bytes, inputs, outputs, shapeFeeds } = lower(graph)
      let session: InferenceSession | null = await ort.InferenceSession.create(bytes, {
        enableMemPattern: false,
        graphOptimizationLevel: 'all',
        // Fatal only: errors come as exceptions, and would stand in the terminal as well.
        logSeverityLevel: 4,
        ...sessionOptions,
      })
      const program: Program = {
        inputs,
        outputs,
        run: (given, into) =>
          mutex.run(async () => {
            if (session === null) throw new Error('internal: run of a disposed program')
            const bindings = bindRun(inputs, outputs, given, into)
            const feeds: Record<string, Tensor> = {}
            for (const { name, dtype } of inputs)
              feeds[name] = toTensor(dtype, hostArray(given[name].data), given[name].shape)
            for (const [name, shape] of shapeFeeds)
              feeds[name] = toTensor('i64', shapeFeed(shape, bindings), [shape.length])
            const results = await session.run(
              feeds,
              outputs.map(({ name }) => resultName(name)),
            )
            for (const { name } of outputs) {
              const result = results[resultName(name)]
              ;(hostArray(into[name]) as Float32Array).set(result.data as Float32Array)
              result.dispose()
            }
          }),
        dispose() {
          const released = session
          if (released === null) return
          session = null
          programs.delete(program)
          void mutex.run(() => released.release())
        },
      }
      programs.add(program)
      return program
    },
    dispose() {
      for (const program of [...programs]) program.dispose()
    },
  }
}
