import { availableParallelism } from 'node:os'
import type { DType, Node } from '../../graph/index.ts'
import type { Bindings } from '../../graph/shape.ts'
import type { Engine, PortSpec, Program, TypedArray } from '../engine.ts'
import type { DeviceBuffer } from '../memory.ts'
import { Mutex } from '../mutex.ts'
import { bindRun, inputPorts } from '../ports.ts'
import type { Client } from './client.ts'
import type { Executables, Lease } from './executables.ts'
import { withDeviceErrors } from './failures.ts'
import { indexLimits, requireInRange } from './index-limits.ts'
import { lower } from './lower.ts'
import { type Argument, type Place, Regions } from './regions.ts'

const arrayTypes = {
  f32: Float32Array,
  i32: Int32Array,
  i64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>

/**
 * An engine over a plugin's client, on its first device.
 *
 * What the engine keeps stays on the device from run to run. A program is compiled for each set of axis lengths that it is run
 * with, once.
 */
export function createEngineOn(client: Client, executables: Executables): Engine {
  const mutex = new Mutex()
  const regions = new Regions(client)
  const programs = new Set<Program>()
  let disposed = false
  return {
    id: `xla-${client.platform}`,
    threads: availableParallelism(),
    memory: regions.memory,
    async compile(outputs) {
      const program = programOf(outputs, { client, executables, regions, mutex }, () =>
        programs.delete(program),
      )
      programs.add(program)
      return program
    },
    dispose() {
      if (disposed) return
      disposed = true
      for (const program of [...programs]) program.dispose()
      void mutex.run(async () => {
        regions.dispose()
        client.dispose()
      })
    },
  }
}

interface Parts {
  readonly client: Client
  readonly executables: Executables
  readonly regions: Regions
  readonly mutex: Mutex
}

function programOf(
  nodes: Readonly<Record<string, Node>>,
  { client, executables, regions, mutex }: Parts,
  onDispose: () => void,
): Program {
  const inputs = inputPorts(nodes)
  const outputs = Object.entries(nodes).map(([name, { shape, dtype }]) => ({ name, shape, dtype }))
  const limits = indexLimits(Object.values(nodes))
  const leases = new Map<string, Lease>()
  const exclusively = (work: () => Promise<void>) =>
    mutex.run(() => withDeviceErrors(client.devices[0].kind, work))
  let disposed = false

  const executableFor = async (bindings: Bindings, overwritten: ReadonlyMap<number, number>) => {
    const key = JSON.stringify([[...bindings].sort(), [...overwritten]])
    const known = leases.get(key)
    if (known) return known.executable
    const made = await executables.lease(lower(nodes, bindings, overwritten))
    leases.set(key, made)
    return made.executable
  }

  return {
    inputs,
    outputs,
    run: (given, into) =>
      exclusively(async () => {
        if (disposed) throw new Error('internal: run of a disposed program')
        const bindings = bindRun(inputs, outputs, given, into)
        requireInRange(limits, given, bindings)
        const sources = inputs.map((port) => ends(port.name, port, given[port.name].data, regions))
        const targets = outputs.map((port) =>
          ends(`output ${port.name}`, port, into[port.name], regions),
        )
        const overwritten = overwrites(sources, targets)
        const executable = await executableFor(bindings, overwritten)
        const borrowed: Argument[] = []
        try {
          for (const source of sources) borrowed.push(await argumentOf(source, client, regions))
          const results = await executable.run(
            borrowed.map(({ handle }) => handle),
            [...overwritten.keys()].filter((i) => !borrowed[i].mayBeOverwritten()),
          )
          for (const argument of borrowed.splice(0)) argument.release()
          // All results are there before any array is written: one may be the memory of an input.
          for (const [i, target] of targets.entries())
            await store(results[i], target, client, regions)
        } finally {
          for (const argument of borrowed) argument.release()
        }
      }),
    dispose() {
      if (disposed) return
      disposed = true
      onDispose()
      // A run under way still uses them.
      void mutex.run(async () => {
        for (const lease of leases.values()) await lease.release()
      })
    },
  }
}

/** Where an input comes from, or a result goes to: the caller's array, or a part of what the engine keeps. */
type End = { readonly array: TypedArray; readonly dtype: DType } | { readonly place: Place }

function ends(
  what: string,
  { dtype }: PortSpec,
  data: TypedArray | DeviceBuffer,
  regions: Regions,
): End {
  if (!ArrayBuffer.isView(data)) return { place: regions.placeOf(data) }
  if (!(data instanceof arrayTypes[dtype]))
    throw new TypeError(`${what}: expected ${arrayTypes[dtype].name}, got ${data.constructor.name}`)
  return { array: data, dtype }
}

/** For each input that lies where a result goes, the position of that result. */
function overwrites(sources: readonly End[], targets: readonly End[]): Map<number, number> {
  const found = new Map<number, number>()
  for (const [output, target] of targets.entries()) {
    const input = sources.findIndex((source, i) => !found.has(i) && isSamePlace(source, target))
    if (input >= 0) found.set(input, output)
  }
  return found
}

function isSamePlace(a: End, b: End): boolean {
  if (!('place' in a && 'place' in b)) return false
  const { region, start, end } = a.place
  return region === b.place.region && start === b.place.start && end === b.place.end && start < end
}

async function argumentOf(source: End, client: Client, regions: Regions): Promise<Argument> {
  if ('place' in source) return regions.borrow(source.place)
  // The caller leaves an array as it is while the run lasts.
  const handle = client.upload(source.array, source.dtype, true)
  return { handle, mayBeOverwritten: () => false, release: () => client.destroy(handle) }
}

async function store(result: bigint, target: End, client: Client, regions: Regions): Promise<void> {
  if ('place' in target) return regions.put(target.place, result)
  try {
    await client.download(result, target.array)
  } finally {
    client.destroy(result)
  }
}
