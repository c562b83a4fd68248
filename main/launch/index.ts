/** What the window shell and the web host share: starting the core and keeping it there, and the renderer's files. */
export { CORE_ENVIRONMENT, CORE_FLAGS } from './core-flags.ts'
export { forkCore } from './fork.ts'
export { type CoreChild, CoreKeeper, type CoreStatus, type Keychain } from './keep-core.ts'
export { pageHeaders, rendererFile } from './renderer-files.ts'
export { workspaceFolder } from './workspace-folder.ts'
