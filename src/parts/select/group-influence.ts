/** Losses around the weights along one group's part of an update; the other groups stay where they are. */
export interface GroupLosses {
  readonly ahead: number
  readonly behind: number
  readonly here: number
}

/**
 * How much the loss would fall at best if only one group of weights moved along the update (Hi-DLR).
 *
 * With `b = (L₋ − L₊)/2` and `a = L₊ + L₋ − 2·L₀`, of a whole update of the group: `b²/(2a)`, nats; 0 where the parabola has no
 * bottom ahead or a loss is not finite.
 *
 * Source: Hi-DLR, arXiv:2501.06954, with the diagonal of its quadratic model; from reviews, no author code was found.
 */
export function groupInfluence({ ahead, behind, here }: GroupLosses): number {
  const slope = (behind - ahead) / 2
  const curvature = ahead + behind - 2 * here
  return slope > 0 && curvature > 0 ? slope ** 2 / (2 * curvature) : 0
}

/** A group of weights as a choice sees it. */
export interface MeasuredGroup {
  /** Numbers that are trained. */
  readonly parameters: number
  /** Sum of {@link groupInfluence} over measurements. */
  readonly influence: number
}

/**
 * Which groups to train within a budget of parameters (AdaPEFT): the most influence per parameter first, a group that does
 * not fit being passed over.
 *
 * `max Σ x_k V_k  with  Σ x_k n_k ≤ n_max`, greedily by `V_k / n_k`; groups without influence are never chosen.
 *
 * @param budget number of parameters
 * @returns places of the chosen groups, in the order of choice
 * Source: AdaPEFT, arXiv:2505.12579.
 */
export function chooseGroups(groups: readonly MeasuredGroup[], budget: number): number[] {
  const density = ({ influence, parameters }: MeasuredGroup) => influence / parameters
  const order = [...groups.keys()]
    .filter((place) => groups[place].influence > 0)
    .sort((a, b) => density(groups[b]) - density(groups[a]) || a - b)
  let left = budget
  return order.filter((place) => {
    if (groups[place].parameters > left) return false
    left -= groups[place].parameters
    return true
  })
}
