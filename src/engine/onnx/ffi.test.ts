import { runEngineConformance } from '../conformance.ts'
import { createFfiEngine } from './ffi.ts'

runEngineConformance({ name: 'onnx-ffi', makeEngine: () => createFfiEngine() })
