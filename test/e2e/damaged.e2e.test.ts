import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createBackups, openWorkspace } from '../../main/core/workspace/index.ts'
import { testEnvironment } from '../fixtures/environment.ts'
import { flipByte } from '../fixtures/workspace-damage.ts'
import { coreOf } from './core-of.ts'
import { openDesktop } from './desktop.ts'
import { electronBinary, freshFolder } from './surroundings.ts'

/** A workspace with a server and a backup, whose app.db a failing disk has changed since it was closed. */
async function damaged(folder: string): Promise<void> {
  const environment = testEnvironment({ real: true })
  const workspace = openWorkspace(folder, environment)
  workspace.app
    .prepare(
      "INSERT INTO host (id, name, kind, address, auth_kind, created_at) VALUES ('h', ?, 'local', 'localhost', 'none', 1)",
    )
    .run('kept in the backup')
  const backups = createBackups({ workspace, environment, changed: () => {} })
  await backups.make('manual')
  await backups.close()
  workspace.close()
  flipByte(join(folder, 'app.db'), 5000)
  environment.dispose()
}

describe.runIf(electronBinary())('a damaged workspace in the window', () => {
  it('asks before the backup takes its place, does nothing unasked, and opens with what the backup holds', async () => {
    const folder = freshFolder()
    await damaged(folder.workspace)
    // The engine begins once the answer to the system's dialog stands ready.
    const gate = join(folder.home, 'gate')
    const node = join(folder.home, 'node')
    writeFileSync(node, `#!/bin/sh\nwhile [ ! -e '${gate}' ]; do sleep 0.05; done\nexec '${process.execPath}' "$@"\n`, {
      mode: 0o700,
    })
    const desktop = await openDesktop({
      ...{ folder, env: { HEADROOM_CORE_NODE: node } },
      async meanwhile(app) {
        await app.evaluate(({ dialog }) => {
          dialog.showMessageBoxSync = ((question: object) => {
            Object.assign(globalThis, { question })
            return 0
          }) as unknown as typeof dialog.showMessageBoxSync
        })
        writeFileSync(gate, '')
      },
    })
    try {
      const { core, close } = await coreOf(folder.workspace)
      const asked = await desktop.app.evaluate(() => (globalThis as { question?: object }).question)
      expect(asked).toMatchObject({
        title: 'Headroom cannot open this workspace',
        message: expect.stringContaining('app.db is damaged'),
        detail: expect.stringContaining('The damaged file is kept.'),
        buttons: [expect.stringMatching(/^Restore the backup of /), 'Quit'],
        ...{ defaultId: 1, cancelId: 1 },
      })
      expect((await core.hosts.list()).map(({ name }) => name)).toEqual(['kept in the backup'])
      expect((await core.backups.list()).map(({ kind }) => kind)).toContain('replaced')
      close()
      await desktop.page.evaluate(() => {
        window.location.hash = '#/servers'
      })
      await desktop.page.getByText('kept in the backup').first().waitFor()
    } finally {
      await desktop.close()
    }
  })
})
