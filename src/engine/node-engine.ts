import { UserError } from '../error.ts'
import type { Engine } from './engine.ts'

const engines = ['onnx', 'xla'] as const
const devices = ['cpu', 'cuda', 'webgpu'] as const
type Device = (typeof devices)[number]

interface EngineOptions {
  threads?: number
  device?: Device
}

/**
 * The engine that LETHE_ENGINE names, for this process: ONNX Runtime unless it is `xla`.
 *
 * @param options.device where ONNX Runtime trains and scores, from LETHE_DEVICE unless given; generation stays on the CPU.
 *   XLA runs where its plugin does (LETHE_PJRT)
 * @throws UserError for an unknown engine or device, and for a plugin that cannot be had. A GPU that cannot be had is an error of
 *   `compile`: nobody should wait for a slow run unawares
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const name = oneOf(engines, 'LETHE_ENGINE', process.env.LETHE_ENGINE)
  if (name === 'onnx') return createOnnxEngine(options)
  const { createXlaEngine } = await import('./xla/xla.ts')
  return createXlaEngine()
}

/** ONNX Runtime through FFI, else through its npm package. */
async function createOnnxEngine({
  device = oneOf(devices, 'LETHE_DEVICE', process.env.LETHE_DEVICE),
  threads,
}: EngineOptions): Promise<Engine> {
  if (device !== 'cpu') {
    const { createFfiEngine } = await import('./onnx/ffi.ts')
    const { suitsGpu } = await import('./onnx/gpu.ts')
    return createFfiEngine({ threads, gpu: { provider: device, takes: suitsGpu } })
  }
  try {
    const { createFfiEngine } = await import('./onnx/ffi.ts')
    return createFfiEngine({ threads })
  } catch {
    const { createNpmEngine } = await import('./onnx/npm.ts')
    return createNpmEngine({ threads })
  }
}

/** What a variable names, the first of what it may unless it is set. */
function oneOf<Name extends string>(
  known: readonly Name[],
  variable: string,
  value: string | undefined,
): Name {
  if (!value) return known[0]
  const name = known.find((each) => each === value)
  if (name) return name
  throw new UserError({
    code: `unknown-${variable.replace('LETHE_', '').toLowerCase()}`,
    path: variable,
    expected: known.join(', '),
    got: value,
  })
}
