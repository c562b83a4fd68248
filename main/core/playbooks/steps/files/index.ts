export { type FileChange, planChange, runChange, undoChange } from './change.ts'
export { editEnv } from './edit-env.ts'
export { template } from './template.ts'
export { upload } from './upload.ts'
