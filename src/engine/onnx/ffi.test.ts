import { describe } from 'vitest'
import { needing } from '../../../test/helpers/needs.ts'
import { runEngineConformance } from '../testing/conformance.ts'
import { runLeakTests } from '../testing/leaks.ts'
import { runtimeLibrary } from '../testing/runtime-library.ts'
import { createFfiEngine } from './ffi.ts'

describe('the C interface', needing(runtimeLibrary), () => {
  runEngineConformance({ name: 'onnx-ffi', makeEngine: () => createFfiEngine() })
  runLeakTests('onnx-ffi', () => createFfiEngine())
})
