/** Starting the core in a process of its own and keeping it there. */
export { forkCore } from './fork.ts'
export { type CoreChild, CoreKeeper, type CoreStatus, type Keychain } from './keep-core.ts'
export { workspaceFolder } from './workspace-folder.ts'
