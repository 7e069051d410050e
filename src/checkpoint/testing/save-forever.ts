import { latestState, loadState, retainStates, saveState, type TrainingState } from '../state.ts'

/** Goes on from the newest state of a folder and saves states until it is killed; a line for each that is safe. */
const [, , dir] = process.argv

function stateOf(step: number): TrainingState {
  const values = (size: number): Float32Array =>
    new Float32Array(size).map((_, i) => step + (i % 7))
  return {
    step,
    data: { step },
    tensors: new Map([
      ['large', { shape: [500, 1000], data: values(500_000) }],
      ['small', { shape: [3], data: values(3) }],
    ]),
  }
}

const latest = await latestState(dir)
let step = latest === null ? 1 : (await loadState(latest)).step
for (;;) {
  await saveState(dir, stateOf(step))
  console.log(step)
  await retainStates(dir, 2)
  // Every other step once more, so that replacing is hit too.
  await saveState(dir, stateOf(step))
  step++
}
