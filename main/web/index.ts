import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { clientOver } from '../../shared/contract/client.ts'
import { HeadroomError, problemOf } from '../../shared/model/problem.ts'
import { CoreKeeper, type CoreStatus, forkCore, workspaceFolder } from '../launch/index.ts'
import { now } from '../system.ts'
import { serveWeb, type WebHost } from './server.ts'
import { vaultPassphrase } from './vault-passphrase.ts'

/** Serves Headroom to this computer's browser: the same core and the same renderer as in the window. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      workspace: { type: 'string' },
      port: { type: 'string', default: '0' },
      vault: { type: 'boolean' },
      'vault-fd': { type: 'string' },
      'vault-file': { type: 'string' },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new HeadroomError({
      code: 'PORT_INVALID',
      fact: `${values.port} is no port.`,
      fix: 'Give --port a number from 0 to 65535.',
    })
  }
  const passphrase = await vaultPassphrase(values)
  const here = dirname(fileURLToPath(import.meta.url))
  const folder = workspaceFolder(values.workspace, { platform: process.platform, home: homedir(), env: process.env })
  const keeper = new CoreKeeper({
    launch: () => forkCore({ node: process.execPath, entry: join(here, 'core.mjs'), env: process.env }),
    start: { folder, face: 'web', resources: join(here, '..', '..', 'resources'), keychain: false },
  })
  await firstStart(keeper)
  if (passphrase !== null) await unlock(keeper, passphrase)
  const host = await serveWeb({ port, files: join(here, '..', 'renderer'), now, connect: () => keeper.connect() })
  keeper.onStatus((status) => {
    if (status.state === 'down' || status.state === 'failed') host.dropLines()
    report(status)
    // A core that was started again has forgotten what opened its vault.
    if (status.state === 'up' && passphrase !== null)
      unlock(keeper, passphrase).catch((error: unknown) => process.stderr.write(`${problemOf(error).fact}\n`))
  })
  invite(host)
  const stop = async () => {
    await host.close()
    await keeper.stop()
    process.exit(0)
  }
  process.once('SIGINT', () => void stop())
  process.once('SIGTERM', () => void stop())
}

async function unlock(keeper: CoreKeeper, passphrase: string): Promise<void> {
  const link = keeper.connect()
  if (!link) return
  try {
    await clientOver(link).app.unlockVault({ passphrase })
  } finally {
    link.close()
  }
}

/** Waits for the first core; a workspace that cannot be opened ends the program with the reason. */
function firstStart(keeper: CoreKeeper): Promise<void> {
  return new Promise((done, fail) => {
    const off = keeper.onStatus((status) => {
      if (status.state === 'starting') return
      off()
      if (status.state === 'up') return done()
      void keeper.stop()
      fail(
        status.state === 'failed'
          ? new HeadroomError(status.problem)
          : new HeadroomError({
              code: 'CORE_DIED',
              fact: `The engine ended at its start (${status.how}).`,
              fix: 'Read headroom.log in the workspace folder.',
            }),
      )
    })
    keeper.run()
  })
}

function report(status: CoreStatus): void {
  if (status.state === 'down') process.stderr.write(`The engine stopped (${status.how}). Restarting…\n`)
  else if (status.state === 'failed') process.stderr.write(`${status.problem.fact} ${status.problem.fix}\n`)
  else if (status.state === 'up') process.stderr.write('The engine is back.\n')
}

function invite(host: WebHost): void {
  const link = () =>
    process.stdout.write(
      `\nHeadroom is ready. Open this link in your browser; it works once:\n\n  ${host.newLink()}\n\n`,
    )
  link()
  if (!process.stdin.isTTY) return
  process.stdout.write('Press Enter for another link, Ctrl-C to stop.\n')
  createInterface({ input: process.stdin }).on('line', link)
}

main().catch((error: unknown) => {
  const text =
    error instanceof HeadroomError
      ? error.message
      : `Headroom could not start: ${error instanceof Error ? error.message : String(error)}`
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
})
