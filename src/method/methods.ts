import { blur } from './blur.ts'
import { ga } from './ga.ts'
import { gradDiff } from './grad-diff.ts'
import type { Method } from './method.ts'
import { npo } from './npo.ts'

/** Every method by its id. */
export const methods: ReadonlyMap<string, Method> = new Map(
  [blur, ga, gradDiff, npo].map((method): [string, Method] => [method.id, method]),
)
