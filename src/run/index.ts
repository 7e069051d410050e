export { type EventLog, openEventLog, readEvents } from './event-log.ts'
export type {
  EventBase,
  EventOf,
  EventPayloads,
  EventType,
  ExportCheck,
  NewEvent,
  PerSet,
  Phase,
  PreviewToken,
  RunEvent,
} from './events.ts'
export {
  buildMetrics,
  type Intervals,
  type MetricsFile,
  readMetrics,
  type Values,
  writeMetrics,
} from './metrics-file.ts'
export { type ModelCardInput, modelCard } from './model-card.ts'
export { type NotShown, notShown } from './not-shown.ts'
export { createRunFolder, openRunFolder, type RunFolder, runFolderAt } from './run-folder.ts'
export { openSamples, readSamples, type Sample, type SampleWriter } from './samples.ts'
