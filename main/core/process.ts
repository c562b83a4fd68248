import './not-compiled.ts'
import { listenLocally } from '../link/index.ts'
import { channelOfThisProcess } from './channel.ts'
import { giveFirstAnswers } from './first-answers.ts'
import { asTold, openCore, systemEnvironment } from './index.ts'
import { openWhenFree } from './open-when-free.ts'
import { type OpenEngine, serveShell } from './serve-shell.ts'

/** How long a window that is opening has the engine for itself. */
const FIRST_ANSWERS_MS = 1500

/** The engine as a process of its own: a utility process of Electron, or a fork of the web host, a test or a debugger. */
const open: OpenEngine = async (options, keychain, notify, restart) => {
  const environment = systemEnvironment({ ...options, keychain, notify })
  reportUnexpected(environment.log)
  const { folder, restore } = options
  const core = await openWhenFree(folder, environment.elapsed, () =>
    openCore({ folder, environment, restore, restart }),
  )
  try {
    const local = await listenLocally(folder, core.serve)
    // What shows itself first is answered first: a round of a fleet is a second of work.
    core.areas.alerts.start(FIRST_ANSWERS_MS)
    const working = setTimeout(() => {
      core.areas.metrics.start()
      core.areas.backups.start()
      core.areas.updates.start()
    }, FIRST_ANSWERS_MS)
    environment.log.info({ folder, face: options.face }, 'core ready')
    void giveFirstAnswers(core.serve)
    return {
      serve: core.serve,
      close: async () => {
        clearTimeout(working)
        await local.close()
        await core.close()
      },
    }
  } catch (error) {
    const told = asTold(error, core.areas.workspace)
    await core.close()
    throw told
  }
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
if (channel) serveShell(channel, open)
else {
  process.stderr.write('This program is started by Headroom itself. Use `npm start` or `npm run headroom`.\n')
  process.exitCode = 2
}
