import { implement, os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { channelOfThisProcess } from '../../../main/core/channel.ts'
import { EventHub } from '../../../main/core/events.ts'
import type { RemoteKeychain } from '../../../main/core/remote-keychain.ts'
import { type OpenEngine, serveShell } from '../../../main/core/serve-shell.ts'
import { contract } from '../../../shared/contract/contract.ts'
import { type Link, portOf } from '../../../shared/contract/link.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'

/**
 * A utility process with the engine's own channel and streams and no database. The workspace's name says how it behaves:
 * `refused` cannot be opened, `stuck` never finishes closing.
 */
const open: OpenEngine = async (start, keychain) => {
  if (start.folder === 'refused') {
    throw new HeadroomError({ code: 'WORKSPACE_LOCKED', fact: 'It is taken.', fix: 'Close the other one.' })
  }
  const router = routerOf(start.folder, keychain)
  const handler = new RPCHandler(router)
  return {
    serve: (link: Link) => handler.upgrade(portOf(link) as unknown as Parameters<typeof handler.upgrade>[0]),
    close: () => (start.folder === 'stuck' ? new Promise(() => {}) : Promise.resolve()),
  }
}

export type StandIn = ReturnType<typeof routerOf>

function routerOf(workspace: string, keychain: RemoteKeychain | undefined) {
  const events = new EventHub()
  const app = implement(contract.app)
  let streams = 0
  return {
    app: {
      info: app.info.handler(() => ({
        version: '0.0.0',
        workspace,
        platform: process.platform,
        node: process.versions.node,
        pid: process.pid,
        face: 'electron',
        secretStorage: keychain ? 'keychain' : 'vault',
        vaultLocked: false,
        now: Date.now(),
      })),
      events: app.events.handler(async function* ({ signal }) {
        streams += 1
        try {
          yield* events.stream(signal)
        } finally {
          streams -= 1
        }
      }),
    },
    standIn: {
      openStreams: os.handler(() => streams),
      emitSamples: os.handler(() => {
        for (let at = 1; at <= 100; at += 1) events.emit({ kind: 'samples', hostId: 'host', at })
      }),
      /** Through the shell's keychain and back; a refusal is its text. */
      keychainTrip: os.handler(async () => {
        if (!keychain) return null
        const sealed = await keychain.encrypt('the word')
        const plain = await keychain.decrypt(sealed)
        const refusal = await keychain.decrypt('damaged').catch((error: Error) => error.message)
        return { sealed, plain, refusal }
      }),
    },
  }
}

const channel = channelOfThisProcess()
if (!channel) throw new Error('this process has no shell')
serveShell(channel, open)
