import { describe, it } from 'vitest'
import type { GradientEstimator } from './estimator.ts'
import { estimators } from './estimators.ts'
import { estimatorConformance } from './testing/estimator-conformance.ts'

describe.each([...estimators])('estimator %s', (_, estimator: GradientEstimator) => {
  for (const { name, check } of estimatorConformance(estimator)) it(name, check)
})
