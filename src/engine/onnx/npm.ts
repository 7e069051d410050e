import { availableParallelism } from 'node:os'
import ort from 'onnxruntime-node'
import type { Engine } from '../engine.ts'
import { createPackageEngine } from './package-engine.ts'

/** ONNX Runtime through its npm package for Node, where there is no C interface. */
export function createNpmEngine(options: { threads?: number | undefined } = {}): Engine {
  const threads = options.threads ?? availableParallelism()
  return createPackageEngine(ort, {
    id: 'onnx-npm',
    threads,
    session: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  })
}
