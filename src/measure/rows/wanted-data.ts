import type { WantedData } from '../../hub/hub-data.ts'
import type { Benchmark } from '../benchmark.ts'

/** The files that a benchmark reads: its sets and splits, and what models are trained on where that is there. */
export function wantedData({ hub, sets, training, splits }: Benchmark): WantedData {
  const wanted = Object.values(sets).flatMap(({ file, shots, optional }) => [
    ...(file === undefined ? [] : [{ names: [file].flat(), optional }]),
    ...(shots ? [{ names: [shots.file].flat(), optional }] : []),
  ])
  const trained = training
    ? [
        training.forget,
        training.retain,
        training.original,
        ...Object.values(training.studies).flatMap(({ forget }) => forget),
      ].filter((file) => file !== null)
    : []
  return {
    hub,
    files: [
      ...wanted,
      ...trained.map((file) => ({ names: [file].flat(), optional: true })),
      ...(splits ? [{ names: [splits.file], optional: false }] : []),
    ],
  }
}
