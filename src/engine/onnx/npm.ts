import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { Engine } from '../engine.ts'
import { createPackageEngine, type OrtPackage } from './package-engine.ts'
import { runtimeFolder } from './runtime-folder.ts'

/** ONNX Runtime through its npm package for Node, where there is no C interface. */
export function createNpmEngine(options: { threads?: number | undefined } = {}): Engine {
  const threads = options.threads ?? availableParallelism()
  const ort = createRequire(import.meta.url)(runtimeFolder()) as OrtPackage
  return createPackageEngine(ort, {
    id: 'onnx-npm',
    threads,
    session: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  })
}
