import { enableCompileCache } from 'node:module'

/**
 * What the shell starts: the engine beside this file, compiled as its last start left it. The folder for that is the shell's
 * first argument, and nobody else's to write: what lies in it is run.
 */
const folder = process.argv[2]
if (folder !== undefined) enableCompileCache(folder)
await import(new URL('./engine.mjs', import.meta.url).href)
