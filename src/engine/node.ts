import type { Engine } from './engine.ts'

/** The fastest engine this Node can run: ONNX Runtime through FFI, else through its npm package. */
export async function createEngine(options: { threads?: number } = {}): Promise<Engine> {
  try {
    const { createFfiEngine } = await import('./onnx/ffi.ts')
    return createFfiEngine(options)
  } catch {
    const { createNpmEngine } = await import('./onnx/npm.ts')
    return createNpmEngine(options)
  }
}
