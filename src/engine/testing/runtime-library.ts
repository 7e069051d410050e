import type { Need } from '../../../test/helpers/needs.ts'
import { findLibrary } from '../onnx/c-api.ts'

/** The shared library that onnxruntime-node ships for this platform. */
export const runtimeLibrary: Need = {
  what: `a library of ONNX Runtime for ${process.platform} ${process.arch}`,
  here: findLibrary() !== null,
}
