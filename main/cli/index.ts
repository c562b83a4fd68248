import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workspaceFolder } from '../launch/index.ts'
import { connect, workspaceFolderOf } from './connect.ts'
import { program } from './program.ts'

const resources = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'resources')
const folderOf = (asked: string | undefined) =>
  workspaceFolder(asked, { platform: process.platform, home: homedir(), env: process.env })
const interrupt = new AbortController()
process.on('SIGINT', () => {
  // The second Ctrl-C does not wait for the command to end tidily.
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort()
})
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `headroom ... | head` closes the pipe; that is no failure.
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
// oRPC 1.16 rejects a promise nobody holds when a stream ends while a message for it is under way.
process.on('unhandledRejection', (error) => {
  if (error instanceof Error && error.message.includes('[AsyncIdQueue]')) return
  throw error
})

process.exitCode = await program(process.argv.slice(2), {
  streams: { input: process.stdin, output: process.stdout, errors: process.stderr },
  env: process.env,
  signal: interrupt.signal,
  connect: (workspace) => connect(folderOf(workspace), resources),
  folder: (workspace) => workspaceFolderOf(folderOf(workspace), resources),
})
