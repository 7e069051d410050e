import type { Benchmark } from '../measure/benchmark.ts'
import { general } from './general.ts'
import { lume, lumeTasks, semeval } from './lume.ts'
import { museBooks, museNews } from './muse.ts'
import { rwku } from './rwku.ts'
import { tofuForget01, tofuForget05, tofuForget10 } from './tofu.ts'
import { wmdp } from './wmdp.ts'

/** Every benchmark that ships, by id. */
export const benchmarks: ReadonlyMap<string, Benchmark> = new Map(
  [
    ...[tofuForget01, tofuForget05, tofuForget10, museNews, museBooks],
    ...[lume, ...lumeTasks, semeval, wmdp, rwku, general],
  ].map((benchmark) => [benchmark.id, benchmark]),
)
