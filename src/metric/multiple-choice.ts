/**
 * Whether the most likely option is the right one; of equals the first counts.
 *
 * @param logLikelihoods  `[options]` nats, the sum over each option's tokens
 * @param gold            index of the right option
 * Source: EleutherAI/lm-evaluation-harness, `acc` of multiple-choice tasks.
 */
export function choiceCorrect(logLikelihoods: readonly number[], gold: number): 0 | 1 {
  return logLikelihoods.indexOf(Math.max(...logLikelihoods)) === gold ? 1 : 0
}

/**
 * Accuracy of a group of tasks, each weighted by its size: `Σ n_i·acc_i / Σ n_i`.
 *
 * Source: lm-evaluation-harness groups (`wmdp`, `mmlu`) and open-instruct's `average_acc`.
 */
export function groupAccuracy(
  tasks: readonly { readonly accuracy: number; readonly size: number }[],
): number {
  const size = tasks.reduce((sum, task) => sum + task.size, 0)
  if (size === 0) throw new RangeError('group accuracy: expected questions, got none')
  return tasks.reduce((sum, task) => sum + task.accuracy * task.size, 0) / size
}
