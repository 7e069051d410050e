/**
 * The outcome of a job.
 *
 * `missed`: a goal was not reached; `guard`: a guard stopped it, or found the model that it left broken, which a mere warning is not; `refused`: its
 * input was; `interrupted`: what there is is saved, and it can go on.
 */
export type JobOutcome = 'finished' | 'failed' | 'refused' | 'missed' | 'guard' | 'interrupted'

/** The exit code of a job's process, by outcome; part of the public interface. */
export const outcomeCodes: Readonly<Record<JobOutcome, number>> = {
  finished: 0,
  failed: 1,
  refused: 2,
  missed: 3,
  guard: 4,
  interrupted: 130,
}

/** The outcome that an exit code means; null, where a signal ended it, is a failure. */
export function outcomeOf(code: number | null): JobOutcome {
  const found = Object.entries(outcomeCodes).find(([, own]) => own === code)
  return found ? (found[0] as JobOutcome) : 'failed'
}
