export { addSpecialToken } from './add-token.ts'
export { type Content, writeFileAtomic } from './atomic.ts'
export { type ByteSource, type FolderSource, memoryBytes, memoryFolder } from './bytes.ts'
export type { Message } from './chat-template.ts'
export { copyFolderAtomic } from './copy-folder.ts'
export { DiskFullError } from './disk-error.ts'
export { roundValues, type StoredDType } from './dtype.ts'
export { type Checkpoint, type CheckpointTensor, openCheckpoint } from './folder.ts'
export { type FolderFile, folderFiles, type ModelFolder } from './folder-files.ts'
export { type GenerationDefaults, generationDefaults } from './generation-config.ts'
export { editJson } from './json-text.ts'
export { nodeFolder } from './node-folder.ts'
export {
  readSafetensorsHeader,
  readValues,
  type SafetensorsHeader,
  type StoredTensor,
} from './safetensors.ts'
export { safetensorsBytes, safetensorsLayout, type TensorSpec } from './safetensors-write.ts'
export {
  latestState,
  loadState,
  retainStates,
  type StateTensor,
  saveState,
  type TrainingState,
} from './state.ts'
export { openTokenizer, type Tokenizer, tokenizerFiles } from './tokenizer.ts'
export { type WriteOptions, writeModelFolder } from './write-folder.ts'
