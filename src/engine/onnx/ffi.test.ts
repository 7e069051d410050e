import { runEngineConformance } from '../conformance.ts'
import { runLeakTests } from '../testing/leaks.ts'
import { createFfiEngine } from './ffi.ts'

runEngineConformance({ name: 'onnx-ffi', makeEngine: () => createFfiEngine() })

runLeakTests('onnx-ffi', () => createFfiEngine())
