import type { Link } from '../../shared/contract/link.ts'
import type { Notice } from '../../shared/model/alert.ts'
import { problemOf } from '../../shared/model/problem.ts'
import { type CoreStart, linkOverPort, Relay } from '../link/index.ts'
import type { Channel } from './channel.ts'
import { RemoteKeychain } from './remote-keychain.ts'

const LAST_WORD_MS = 2000
/** An answer that was given before a restart has left the process by then. */
const ANSWER_MS = 100

/** What a shell's `start` opens. */
export interface Engine {
  serve(link: Link): void
  close(): Promise<void>
}

/**
 * Opens what the shell asks for; `keychain` and `notify`, which shows a message on the desktop, are the shell's, where it has
 * them. `restart` ends this process tidily, soon after what is being answered is answered; the shell, which did not ask for
 * that end, starts a new one.
 */
export type OpenEngine = (
  start: CoreStart,
  keychain: RemoteKeychain | undefined,
  notify: ((notice: Notice) => void) | undefined,
  restart: () => void,
) => Promise<Engine>

/**
 * Obeys the shell at the other end of the channel for the life of this process: opens the engine, serves it over the
 * lines and ports the shell hands on, and ends when the shell says so or is gone.
 */
export function serveShell(channel: Channel, open: OpenEngine): void {
  const keychain = new RemoteKeychain((message) => channel.post(message))
  let engine: Engine | null = null
  let opening: Promise<void> = Promise.resolve()
  let closing = false
  const serve = (link: Link) => {
    if (engine && !closing) engine.serve(link)
    else link.close()
  }
  const relay = new Relay((message) => channel.post(message), serve)
  const start = async (options: CoreStart) => {
    try {
      const notify = (notice: Notice) => channel.post({ kind: 'notice', notice })
      const restart = () => void setTimeout(() => void stop(), ANSWER_MS)
      engine = await open(
        options,
        options.keychain ? keychain : undefined,
        options.notices ? notify : undefined,
        restart,
      )
      channel.post({ kind: 'ready' })
    } catch (error) {
      channel.post({ kind: 'failed', problem: problemOf(error) })
      // The shell's `stop` says that it has heard; one that says nothing is not waited for.
      setTimeout(() => process.exit(1), LAST_WORD_MS)
    }
  }
  const stop = async () => {
    if (closing) return
    closing = true
    relay.end()
    // An engine that is half open is closed whole.
    await opening
    await engine?.close()
    process.exit(engine ? 0 : 1)
  }
  channel.onMessage((message, ports) => {
    if (message.kind === 'start') opening = start(message.start)
    else if (message.kind === 'stop') void stop()
    else if (message.kind === 'port') for (const port of ports) serve(linkOverPort(port))
    else if (message.kind === 'keychain-reply') keychain.reply(message)
    else relay.receive(message)
  })
  channel.onEnd(() => void stop())
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => {})
}
