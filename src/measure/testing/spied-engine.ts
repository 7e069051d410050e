import type { DeviceBuffer, Engine } from '../../engine/engine.ts'

/** An engine that tells what it was used for. */
export interface SpiedEngine extends Engine {
  /** Programs and buffers that were made and not given back. */
  live(): { readonly programs: number; readonly buffers: number }
  /** Tokens of all runs since the last call, those of programs with gradients apart. */
  takeTokens(): { readonly all: number; readonly back: number }
}

/** Counts what passes through an engine, which stays the caller's. */
export function spiedEngine(engine: Engine): SpiedEngine {
  const buffers = new Set<DeviceBuffer>()
  let programs = 0
  let tokens = { all: 0, back: 0 }
  const memory = new Proxy(engine.memory, {
    get(target, key) {
      if (key === 'make')
        return (...given: Parameters<typeof target.make>) => {
          const buffer = target.make(...given)
          buffers.add(buffer)
          return buffer
        }
      if (key === 'free')
        return (buffer: DeviceBuffer) => {
          buffers.delete(buffer)
          target.free(buffer)
        }
      const value = target[key as keyof typeof target]
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return {
    id: engine.id,
    threads: engine.threads,
    memory,
    async compile(outputs) {
      const program = await engine.compile(outputs)
      const goesBack = Object.keys(outputs).some((name) => name.startsWith('gradient '))
      programs++
      return {
        inputs: program.inputs,
        outputs: program.outputs,
        run(inputs, results) {
          const { length = 0 } = inputs.tokens?.data ?? {}
          tokens.all += length
          if (goesBack) tokens.back += length
          return program.run(inputs, results)
        },
        dispose() {
          programs--
          program.dispose()
        },
      }
    },
    dispose() {},
    live: () => ({ programs, buffers: buffers.size }),
    takeTokens() {
      const taken = tokens
      tokens = { all: 0, back: 0 }
      return taken
    },
  }
}
