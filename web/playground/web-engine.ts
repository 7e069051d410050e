import type { Engine } from '../../src/engine/engine.ts'
import { createPackageEngine } from '../../src/engine/onnx/package-engine.ts'
import type { Backend } from './messages.ts'

/**
 * ONNX Runtime in a page: on the graphics processor where the browser gives an adapter, else WebAssembly, with threads
 * where the page is isolated from others.
 *
 * @param wanted what to use, and nothing else; null: the better one of those there are
 */
export async function createWebEngine(wanted: Backend | null): Promise<Engine> {
  const backend = wanted ?? ((await hasAdapter()) ? 'webgpu' : 'wasm')
  return backend === 'webgpu' ? webgpuEngine() : wasmEngine()
}

/** A software adapter is slower than WebAssembly. */
async function hasAdapter(): Promise<boolean> {
  if (!('gpu' in navigator)) return false
  const gpu = navigator.gpu as {
    requestAdapter(): Promise<{ info?: { isFallbackAdapter?: boolean } } | null>
  }
  const adapter = await gpu.requestAdapter()
  return adapter !== null && adapter.info?.isFallbackAdapter !== true
}

async function wasmEngine(): Promise<Engine> {
  const [ort, mjs, wasm] = await Promise.all([
    import('onnxruntime-web/wasm'),
    import('onnxruntime-web/ort-wasm-simd-threaded.mjs?url'),
    import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url'),
  ])
  const threads = self.crossOriginIsolated ? navigator.hardwareConcurrency : 1
  ort.env.wasm.numThreads = threads
  ort.env.wasm.wasmPaths = { mjs: mjs.default, wasm: wasm.default }
  return createPackageEngine(ort, { id: 'onnx-wasm', threads, session: {} })
}

async function webgpuEngine(): Promise<Engine> {
  const [ort, mjs, wasm] = await Promise.all([
    import('onnxruntime-web/webgpu'),
    import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'),
    import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'),
  ])
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmPaths = { mjs: mjs.default, wasm: wasm.default }
  return createPackageEngine(ort, {
    id: 'onnx-webgpu',
    threads: 1,
    session: { executionProviders: ['webgpu', 'wasm'] },
  })
}
