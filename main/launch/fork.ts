import { fork } from 'node:child_process'
import type { FromCore, ToCore } from '../link/index.ts'
import { CORE_ENVIRONMENT, CORE_FLAGS } from './core-flags.ts'
import type { CoreChild } from './keep-core.ts'

/**
 * Runs the core as a child of this process on the given Node. Messages are structured clones, so bytes stay bytes. `compiled`,
 * where given, is a private folder for what Node compiles of it, which its next start then need not do again.
 */
export function forkCore(options: {
  node: string
  entry: string
  env: NodeJS.ProcessEnv
  compiled?: string
}): CoreChild {
  const child = fork(options.entry, options.compiled === undefined ? [] : [options.compiled], {
    execPath: options.node,
    execArgv: [...CORE_FLAGS],
    env: { ...CORE_ENVIRONMENT, ...options.env },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let ended: string | null = null
  const listeners: ((how: string) => void)[] = []
  const end = (how: string) => {
    if (ended !== null) return
    ended = how
    for (const listener of listeners) listener(how)
  }
  child.on('error', (error) => end(error.message))
  child.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`))
  return {
    pid: child.pid,
    post: (message: ToCore) => {
      if (child.connected) child.send(message, () => {})
    },
    onMessage: (listener) => {
      child.on('message', (message) => listener(message as FromCore))
    },
    onExit: (listener) => {
      if (ended !== null) listener(ended)
      else listeners.push(listener)
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}
