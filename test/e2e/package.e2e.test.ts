import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreOf } from './core-of.ts'
import { type PackagedApp, startPackaged } from './packaged.ts'
import { electronBinary, root } from './surroundings.ts'

const binary = electronBinary()
if (!binary) process.stdout.write('No Electron binary is here, so nothing is packaged.\n')

/**
 * What users install, with the fuses they get: so the app is driven over Chromium's own port, as Node's inspector is shut.
 * The packaged Electron is the one that lies here.
 */
describe.runIf(binary)('the package', () => {
  const output = mkdtempSync(join(tmpdir(), 'hr-package-'))
  let made: string[]
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, 'scripts', 'package.mjs'), '--dir', '--built', `--output=${output}`],
      { env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: dirname(binary as string) } },
    )
    made = stdout.split('\n')
  })
  afterAll(() => rmSync(output, { recursive: true, force: true }))

  it('has the fuses, the archive and the native module it must have', () => {
    expect(made.filter((line) => line.startsWith('FAIL'))).toEqual([])
    expect(made).toContain('ok   fuse runAsNode: off')
    expect(made).toContain('ok   fuse onlyLoadAppFromAsar: on')
  })

  it('opens its window, measures this computer and ends with all its processes, whatever the environment asks of Node', async () => {
    const canary = join(output, 'canary.cjs')
    const ran = join(output, 'canary-ran')
    // The core runs on a plain Node beside this older Electron; of the app itself nothing may load this.
    writeFileSync(
      canary,
      `if (process.versions.electron) require('node:fs').writeFileSync(${JSON.stringify(ran)}, 'x')`,
    )
    let app: PackagedApp | undefined
    try {
      app = await startPackaged(join(output, 'linux-unpacked', 'headroom'), {
        env: { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require ${canary}` },
        switches: ['--inspect=127.0.0.1:0'],
      })
      const { page } = app
      await page.getByRole('navigation').first().waitFor()
      await page.getByRole('link', { name: 'Servers' }).first().click()
      await page.getByRole('button', { name: 'Add this computer' }).first().click()
      await page
        .getByRole('cell', { name: /\d+(\.\d+)? ?%/ })
        .first()
        .waitFor()
      const { core, close } = await coreOf(app.workspace)
      const { pid } = await core.app.info()
      close()
      expect(app.faults).toEqual([])
      expect(await app.quit()).toBe(0)
      expect(() => process.kill(pid, 0)).toThrow('ESRCH')
      expect(existsSync(ran)).toBe(false)
      expect(app.heard.filter((line) => line.includes('Debugger listening'))).toEqual([])
    } finally {
      await app?.close()
    }
  })
})
