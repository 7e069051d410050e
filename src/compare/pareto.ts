/** A model in the plane of forgetting and utility. */
export interface ParetoPoint {
  readonly name: string
  /** How much is still known of the forget set: lower is better. */
  readonly forget: number
  /** Higher is better. */
  readonly utility: number
  /** Whether it may be called best: a model that works, from runs that went well. */
  readonly eligible: boolean
}

/** The points that no other eligible point beats in one coordinate without losing in the other, by forgetting. */
export function nonDominated(points: readonly ParetoPoint[]): ParetoPoint[] {
  const eligible = points.filter((point) => point.eligible)
  const beats = (a: ParetoPoint, b: ParetoPoint) =>
    a.forget <= b.forget && a.utility >= b.utility && (a.forget < b.forget || a.utility > b.utility)
  return eligible
    .filter((point) => !eligible.some((other) => beats(other, point)))
    .sort((a, b) => a.forget - b.forget)
}
