import { UserError } from '../../error.ts'
import { openModel, openSession, type Session } from '../../train/session.ts'
import type { Benchmark, BenchmarkSet } from '../benchmark.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import type { Measurer } from '../score/measurer.ts'
import type { OpenProbe, Probe, ProbeContext, ProbedRows } from './probe.ts'
import { probes } from './probes.ts'

/** A probe that a set asks for, and its knobs with their defaults. */
export interface AskedProbe {
  readonly probe: Probe
  readonly knobs: unknown
}

/** The probes that the sets of a benchmark ask for, made ready. */
export interface OpenProbes {
  /** What those find that rows of one set ask for and that sample, or do not. */
  measure(
    rows: readonly BenchmarkRow[],
    kind: { readonly sampling: boolean },
  ): Promise<ProbedRows[]>
  dispose(): void
}

/** The probes that a set asks for, by keys of their own or by name. */
export function askedProbes(set: BenchmarkSet): AskedProbe[] {
  return [...probes.values()].flatMap((probe) => {
    const asked = probe.asked?.(set) ?? set.probes?.[probe.id]
    return asked === undefined ? [] : [{ probe, knobs: probe.schema.parse(asked) }]
  })
}

/**
 * The original model's folder where a benchmark needs it, else null.
 *
 * @throws UserError where it does and none is named
 */
export function requireOriginal(benchmark: Benchmark, original: string | null): string | null {
  const needing = Object.values(benchmark.sets)
    .flatMap(askedProbes)
    .find(({ probe }) => probe.needs.original)
  if (!needing) return null
  if (original !== null) return original
  const { title, id } = needing.probe
  throw new UserError({
    code: 'missing',
    path: '--original',
    expected: 'the original model, beside which the evaluated one is probed',
    got: 'nothing',
    hint: `${benchmark.id} asks for the probe "${title}" (${id})`,
  })
}

/**
 * Makes ready what a benchmark asks for.
 *
 * @param original  the folder of the original model; null where no probe needs it
 * @throws UserError for an original model of another shape
 */
export async function openProbes(
  benchmark: Benchmark,
  measurer: Measurer,
  original: string | null,
  options: Pick<ProbeContext, 'tokensPerBatch' | 'stopRequested'>,
): Promise<OpenProbes> {
  const host = original === null ? null : await openOriginal(original, measurer.session)
  const opened = new Map<string, OpenProbe>()
  const bySet = new Map<string, { probe: Probe; open: OpenProbe }[]>()
  for (const [name, set] of Object.entries(benchmark.sets)) {
    const own: { probe: Probe; open: OpenProbe }[] = []
    for (const { probe, knobs } of askedProbes(set)) {
      // Sets that ask alike share programs.
      const key = `${probe.id} ${JSON.stringify(knobs)}`
      const context = { ...options, measurer, original: probe.needs.original ? host : null }
      const open = opened.get(key) ?? (await probe.open(context, knobs))
      opened.set(key, open)
      own.push({ probe, open })
    }
    bySet.set(name, own)
  }
  return {
    async measure(rows, { sampling }) {
      const found: ProbedRows[] = []
      for (const { probe, open } of bySet.get(rows[0].set) ?? [])
        if (Boolean(probe.needs.sampling) === sampling) found.push(await open.measure(rows))
      return found
    },
    dispose() {
      for (const open of opened.values()) open.dispose()
    },
  }
}

async function openOriginal(path: string, { engine, model }: Session): Promise<Session> {
  const host = await openSession(engine, await openModel(path), null)
  if (host.model.layers !== model.layers || host.model.dim !== model.dim)
    throw new UserError({
      code: 'other-shape',
      path,
      expected: `an original model of layers = ${model.layers}, dim = ${model.dim}, as the evaluated one`,
      got: `layers = ${host.model.layers}, dim = ${host.model.dim}`,
    })
  return host
}
