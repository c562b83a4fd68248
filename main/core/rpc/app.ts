import * as z from 'zod'
import manifest from '../../../package.json' with { type: 'json' }
import { logLevel, saveLogLevel } from '../log.ts'
import { os } from './base.ts'

/** Whether the desktop app shows itself beside the clock. */
const TRAY = 'desktop.tray'
const TOUR_ENDED = 'help.tour-ended'

export const appRouter = os.app.router({
  info: os.app.info.handler(({ context }) => ({
    version: manifest.version,
    workspace: context.workspace.folder,
    platform: context.environment.platform,
    node: process.versions.node,
    pid: process.pid,
    face: context.environment.face,
    secretStorage: context.hosts.secrets.kind,
    vaultLocked: context.hosts.secrets.locked,
    now: context.environment.now(),
  })),
  events: os.app.events.handler(({ context, signal }) => context.events.stream(signal)),
  settings: os.app.settings.handler(({ context: { metrics, workspace } }) => ({
    collectEveryMs: metrics.everyMs(),
    logLevel: logLevel(workspace),
    tray: workspace.setting(TRAY, z.boolean(), false),
    tourEnded: workspace.setting(TOUR_ENDED, z.boolean(), false),
  })),
  saveSettings: os.app.saveSettings.handler(
    ({ context, input: { collectEveryMs, logLevel: level, tray, tourEnded } }) => {
      const { metrics, workspace, environment } = context
      if (collectEveryMs !== undefined) metrics.setEvery(collectEveryMs)
      if (level !== undefined) saveLogLevel(workspace, environment.log, level)
      if (tray !== undefined) workspace.saveSetting(TRAY, tray)
      if (tourEnded !== undefined) workspace.saveSetting(TOUR_ENDED, tourEnded)
      context.events.emit({ kind: 'settings' })
      return {}
    },
  ),
  unlockVault: os.app.unlockVault.handler(async ({ context, input }) => {
    await context.hosts.secrets.unlock(input.passphrase)
    context.events.emit({ kind: 'settings' })
    return {}
  }),
})
