// Messages on the process boundary: whatever a page, or what took it over, sends to the engine.
import { join } from 'node:path'
import { type Core, openCore } from '../../../main/core/index.ts'
import { linkPair } from '../../../main/link/index.ts'
import { clientOver } from '../../../shared/contract/client.ts'
import { testEnvironment } from '../../fixtures/environment.ts'
import { type FuzzTarget, holds } from '../target.ts'

const call = (path: string, json: unknown): string => JSON.stringify({ i: '1', p: { u: `/${path}`, b: { json } } })

let opened: Promise<{ core: Core; remove: () => void }> | null = null

/** A core on a workspace of its own, opened by the first message. */
function core() {
  opened ??= (async () => {
    const environment = testEnvironment()
    return {
      core: await openCore({ folder: join(environment.folder, 'workspace'), environment }),
      remove: () => environment.dispose(),
    }
  })()
  return opened
}

export const contractTarget: FuzzTarget = {
  name: 'messages of the contract',
  seeds: [
    call('app/info', undefined),
    call('app/saveSettings', { collectEveryMs: 60_000 }),
    call('hosts/add', { kind: 'local', name: 'here' }),
    call('plan/importYaml', { yaml: 'format: x', fileName: 'plan.yaml' }),
    call('playbooks/preview', { playbookId: 'server-look', parameters: {} }),
    call('metrics/series', { hostId: 'a', metric: 'load1' }),
    '{"i":"1","t":4}',
    '{"i":"1","t":3,"p":{"e":"done","d":{}}}',
    '{"i":"1","p":{"u":"/app/info","b":{"json":[null],"meta":[[3,0]]}}}',
  ],
  words: [
    ...['app/info', 'app/__proto__', 'app/constructor', '../app/info', 'hosts/list', 'toString', '%2e%2e/'],
    ...[
      '"__proto__":{"taken":1},',
      '"meta":[[0,"a"]]',
      '"json":null',
      '"i":-1',
      '"t":4',
      '"headers":{}',
      '"u":"',
      '"b":',
    ],
  ],
  inTests: 100,
  async reads(text) {
    const { core: engine } = await core()
    let unheard: unknown = null
    const note = (error: unknown) => {
      unheard = error
    }
    // What fails where nobody waits for it ends the engine's process.
    process.on('unhandledRejection', note)
    try {
      const [bad, badFar] = linkPair()
      engine.serve(badFar)
      bad.send(text)
      bad.send(new TextEncoder().encode(text))
      const [near, far] = linkPair()
      engine.serve(far)
      const info = await clientOver(near).app.info()
      holds(info.pid === process.pid, 'the engine does not answer as itself')
      near.close()
      bad.close()
      await new Promise((done) => setImmediate(done))
    } finally {
      process.off('unhandledRejection', note)
    }
    if (unheard !== null) throw unheard
  },
  async close() {
    const { core: engine, remove } = await core()
    await engine.close()
    remove()
  },
}
