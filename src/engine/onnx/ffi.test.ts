import { test } from 'vitest'
import { runEngineConformance } from '../testing/conformance.ts'
import { runLeakTests } from '../testing/leaks.ts'
import { findLibrary } from './c-api.ts'
import { createFfiEngine } from './ffi.ts'

if (findLibrary()) {
  runEngineConformance({ name: 'onnx-ffi', makeEngine: () => createFfiEngine() })
  runLeakTests('onnx-ffi', () => createFfiEngine())
} else test.skip(`onnx-ffi needs a library for ${process.platform} ${process.arch}`)
