import * as z from 'zod'

const mlflow = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .describe('Of the tracking server, as in http://127.0.0.1:5000.'),
  experiment: z.string().min(1).default('lethe').describe('Its name; made if there is none.'),
})

/** The `track` section: where else the numbers of a run go. Nothing leaves the machine unless it names a server. */
export const trackSection = z
  .strictObject({
    tensorboard: z
      .boolean()
      .default(false)
      .describe('Write TensorBoard event files into the run folder.'),
    mlflow: mlflow.nullable().default(null).describe('Send the numbers to an MLflow server.'),
  })
  .prefault({})
  .describe('Where else the numbers of the run go, as they come. The log is kept in any case.')

export type TrackSection = z.output<typeof trackSection>
