/** The line of a log for a step, whose number is its id and its forget loss. */
export function stepLine(step: number): string {
  const both = { forget: step, retain: 1 }
  return JSON.stringify({
    ...{ id: step, ts: '2026-12-01T00:00:00.000Z', runId: 'long', step, type: 'step' },
    ...{ epoch: 0, totalSteps: 100_000, losses: both, gradientNorms: { ...both, update: 1 } },
    ...{ cosine: 0, learningRate: 1e-5, tokens: 1, stepMilliseconds: 1, etaSeconds: 1 },
  })
}
