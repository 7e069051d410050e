import { causalTraceProbe } from './causal-trace.ts'
import { drawnAnswersProbe } from './drawn-answers.ts'
import { gradientNormsProbe } from './gradient-norms.ts'
import { layerPatchProbe } from './layer-patch.ts'
import type { Probe } from './probe.ts'

/** Every probe, by id. */
export const probes: ReadonlyMap<string, Probe> = new Map(
  [gradientNormsProbe, layerPatchProbe, drawnAnswersProbe, causalTraceProbe].map((probe) => [
    probe.id,
    probe,
  ]),
)
