import { runtimeVersion } from '../engine/onnx/runtime-folder.ts'
import { packageVersion } from '../files/package.ts'

/** The versions of what made a run: name → version. */
export function versions(): Record<string, string> {
  return {
    lethe: packageVersion(),
    node: process.versions.node,
    'onnxruntime-node': runtimeVersion(),
  }
}
