import type { Link } from '../../shared/contract/link.ts'
import { problemOf } from '../../shared/model/problem.ts'
import {
  type CoreStart,
  type FromCore,
  linkOverPort,
  listenLocally,
  type PortMain,
  Relay,
  type ToCore,
} from '../link/index.ts'
import { type Core, openCore, systemEnvironment } from './index.ts'
import { RemoteKeychain } from './remote-keychain.ts'

/** The engine as a process of its own: a utility process of Electron, or a fork of the web host, a test or a debugger. */
interface Channel {
  post(message: FromCore): void
  onMessage(listener: (message: ToCore, ports: PortMain[]) => void): void
  /** The shell is gone. */
  onEnd(listener: () => void): void
}

function channelOfThisProcess(): Channel | null {
  const parent = (process as { parentPort?: UtilityParentPort }).parentPort
  if (parent) {
    return {
      post: (message) => parent.postMessage(message),
      onMessage: (listener) => {
        parent.on('message', ({ data, ports }) => listener(data as ToCore, ports))
      },
      onEnd: () => {},
    }
  }
  if (!process.send) return null
  return {
    post: (message) => {
      if (process.connected) process.send?.(message, undefined, {}, () => {})
    },
    onMessage: (listener) => {
      process.on('message', (message) => listener(message as ToCore, []))
    },
    onEnd: (listener) => {
      process.on('disconnect', listener)
    },
  }
}

interface UtilityParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: PortMain[] }) => void): void
}

function run(channel: Channel): void {
  const keychain = new RemoteKeychain((message) => channel.post(message))
  let core: Core | null = null
  let closing = false
  const relay = new Relay(
    (message) => channel.post(message),
    (link) => serve(link),
  )
  const serve = (link: Link) => {
    if (core) core.serve(link)
    else link.close()
  }
  const stop = async () => {
    if (closing) return
    closing = true
    relay.end()
    await local?.close()
    await core?.close()
    process.exit(0)
  }
  let local: { close(): Promise<void> } | null = null
  const start = async (options: CoreStart) => {
    try {
      const environment = systemEnvironment({ ...options, keychain: options.keychain ? keychain : undefined })
      reportUnexpected(environment.log)
      core = await openCore({ folder: options.folder, environment })
      local = await listenLocally(options.folder, serve)
      core.areas.metrics.start()
      environment.log.info({ folder: options.folder, face: options.face }, 'core ready')
      channel.post({ kind: 'ready' })
    } catch (error) {
      channel.post({ kind: 'failed', problem: problemOf(error) })
      await core?.close()
      // The channel must have carried the message before the process goes.
      setImmediate(() => process.exit(1))
    }
  }
  channel.onMessage((message, ports) => {
    if (message.kind === 'start') void start(message.start)
    else if (message.kind === 'stop') void stop()
    else if (message.kind === 'port') for (const port of ports) serve(linkOverPort(port))
    else if (message.kind === 'keychain-reply') keychain.reply(message)
    else relay.receive(message)
  })
  channel.onEnd(() => void stop())
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => {})
}

/**
 * oRPC 1.16 rejects a promise nobody holds when a stream is aborted while a message for it is under way
 * ("[AsyncIdQueue] Cannot access queue"); that is the normal end of a stream. Anything else ends the process, and
 * the shell starts a new one.
 */
function reportUnexpected(log: {
  error(fields: object, text: string): void
  debug(fields: object, text: string): void
}): void {
  process.on('unhandledRejection', (error) => {
    if (error instanceof Error && error.message.includes('[AsyncIdQueue]')) {
      log.debug({ err: error }, 'stream ended by its client')
      return
    }
    log.error({ err: error }, 'unhandled rejection')
    process.exit(70)
  })
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'uncaught exception')
    process.exit(70)
  })
}

const channel = channelOfThisProcess()
if (channel) run(channel)
else {
  process.stderr.write('This program is started by Headroom itself. Use `npm start` or `npm run headroom`.\n')
  process.exitCode = 2
}
