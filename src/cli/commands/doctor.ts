import { statfsSync } from 'node:fs'
import { arch, availableParallelism, cpus, freemem, platform, totalmem } from 'node:os'
import { createEngine } from '../../engine/node-engine.ts'
import { findLibrary, openOrtApi } from '../../engine/onnx/c-api.ts'
import { runtimeVersion } from '../../engine/onnx/runtime-folder.ts'
import { adviceLines } from '../../engine/xla/hardware.ts'
import { pluginVariable } from '../../engine/xla/plugin-file.ts'
import { packageVersion } from '../../files/package.ts'
import { constant, input, matmul } from '../../graph/index.ts'
import { bytesText } from '../../units.ts'
import { exitCode } from '../exit-code.ts'
import { printJson } from '../print-error.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandModule } from './command.ts'

const help = `
Exits with 1 if the engine does not compute. Values of environment variables that may be secret
are masked.

Examples:
  $ lethe doctor
  $ lethe doctor --json`

/** What this machine offers. */
export interface Diagnosis {
  lethe: string
  node: string
  platform: string
  processor: string
  cores: number
  memoryBytes: number
  freeMemoryBytes: number
  /** Of the current folder's disk. */
  freeDiskBytes: number
  onnxruntime: string
  /** Whether ONNX Runtime's library opens by FFI, else why not. */
  ffi: { opens: boolean; detail: string }
  /** Whether a plugin of XLA opens, and which, else what is missing. */
  xla: { opens: boolean; detail: string }
  engine: { id: string; threads: number; works: boolean; detail: string }
  environment: Record<string, string>
}

export const command: CommandModule = {
  define(command, terminal, exit, next) {
    command.addHelpText('after', help).action(async ({ json }: { json?: true }) => {
      const diagnosis = await diagnose(terminal)
      if (json) printJson(diagnosis, terminal)
      else terminal.out.write(diagnosisText(diagnosis))
      if (diagnosis.engine.works) next(['demo'])
      else exit(exitCode.failed)
    })
  },
}

async function diagnose({ cwd, env }: Terminal): Promise<Diagnosis> {
  const disk = statfsSync(cwd)
  return {
    lethe: packageVersion(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: memoryLimit(),
    freeMemoryBytes: freemem(),
    freeDiskBytes: disk.bavail * disk.bsize,
    onnxruntime: runtimeVersion(),
    ffi: tryFfi(),
    xla: await tryXla(env[pluginVariable]),
    engine: await tryEngine(),
    environment: relevant(env),
  }
}

function tryFfi(): Diagnosis['ffi'] {
  try {
    const library = findLibrary()
    if (!library) return { opens: false, detail: `no library for ${platform()} ${arch()}` }
    openOrtApi(library)
    return { opens: true, detail: library }
  } catch (error) {
    return { opens: false, detail: (error as Error).message }
  }
}

async function tryXla(named: string | undefined): Promise<Diagnosis['xla']> {
  if (!named)
    return { opens: false, detail: [`${pluginVariable} is not set.`, ...adviceLines()].join(' ') }
  try {
    const { describePlugin } = await import('../../engine/xla/plugin.ts')
    return { opens: true, detail: describePlugin(named) }
  } catch (error) {
    return { opens: false, detail: (error as Error).message }
  }
}

/** Runs a small product and checks it: an engine that opens may still not compute. */
async function tryEngine(): Promise<Diagnosis['engine']> {
  try {
    const engine = await createEngine()
    const { id, threads } = engine
    const product = matmul(input('x', [2, 2]), constant(Float32Array.of(1, 2, 3, 4), [2, 2]))
    const program = await engine.compile({ product })
    const result = new Float32Array(4)
    await program.run(
      { x: { data: Float32Array.of(5, 6, 7, 8), shape: [2, 2] } },
      { product: result },
    )
    engine.dispose()
    const works = result.join() === '23,34,31,46'
    return { id, threads, works, detail: works ? 'computes' : `wrong product ${result.join(', ')}` }
  } catch (error) {
    return { id: 'none', threads: 0, works: false, detail: (error as Error).message }
  }
}

/** The machine's memory, or the limit of a container. */
function memoryLimit(): number {
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

const relevantNames =
  /^(OMP|KMP|MKL|ORT|HF|HUGGING_?FACE|LETHE|CUDA|UV|NODE|NVIDIA|XLA)_|^(NO_COLOR|CI|https?_proxy|no_proxy)$/i
const secretNames = /token|key|secret|passw|credential/i

/** The variables that may change how a run goes, secrets masked. */
function relevant(env: Terminal['env']): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const name of Object.keys(env).sort())
    if (relevantNames.test(name))
      shown[name] = secretNames.test(name)
        ? '(set, hidden)'
        : String(env[name]).replace(/\/\/[^/@]*@/g, '//(hidden)@')
  return shown
}

function diagnosisText(diagnosis: Diagnosis): string {
  const { ffi, xla, engine, environment } = diagnosis
  const rows: [string, string][] = [
    ['lethe', diagnosis.lethe],
    ['node', diagnosis.node],
    ['platform', diagnosis.platform],
    ['processor', `${diagnosis.processor}, ${diagnosis.cores} cores`],
    ['memory', `${bytesText(diagnosis.memoryBytes)}, ${bytesText(diagnosis.freeMemoryBytes)} free`],
    ['disk', `${bytesText(diagnosis.freeDiskBytes)} free here`],
    ['onnxruntime', diagnosis.onnxruntime],
    ['ffi', `${ffi.opens ? 'opens' : 'does not open'}: ${ffi.detail}`],
    ['xla', `${xla.opens ? 'opens' : 'does not open'}: ${xla.detail}`],
    ['engine', `${engine.id}, ${engine.threads} threads: ${engine.detail}`],
    ...Object.entries(environment),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('')
}
