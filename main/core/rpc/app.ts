import manifest from '../../../package.json' with { type: 'json' }
import { os } from './base.ts'

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
  settings: os.app.settings.handler(({ context }) => ({ collectEveryMs: context.metrics.everyMs() })),
  saveSettings: os.app.saveSettings.handler(({ context, input }) => {
    context.metrics.setEvery(input.collectEveryMs)
    context.events.emit({ kind: 'settings' })
    return {}
  }),
  unlockVault: os.app.unlockVault.handler(async ({ context, input }) => {
    await context.hosts.secrets.unlock(input.passphrase)
    context.events.emit({ kind: 'settings' })
    return {}
  }),
})
