import { HeadroomError } from '../../../shared/model/problem.ts'
import { os } from './base.ts'

/** States of a run in which something of it may go on at its servers. */
const MAY_GO_ON: ReadonlySet<string> = new Set(['running', 'stopping', 'interrupted'])

export const backupsRouter = os.backups.router({
  status: os.backups.status.handler(({ context: { backups } }) => backups.status()),
  list: os.backups.list.handler(({ context: { backups } }) => backups.list()),
  make: os.backups.make.handler(({ context: { backups } }) => backups.make('manual')),
  configure: os.backups.configure.handler(({ context: { backups }, input }) => {
    backups.configure(input)
    return backups.status()
  }),
  verify: os.backups.verify.handler(({ context: { backups }, input }) => backups.verify(input.id)),
  restore: os.backups.restore.handler(async ({ context: { backups, playbooks, restart }, input }) => {
    if (!restart) {
      throw new HeadroomError({
        code: 'RESTORE_NEEDS_SHELL',
        fact: 'This engine belongs to a headroom command and nobody would start it again.',
        fix: 'Let that command end, then use `headroom restore`.',
      })
    }
    // Afterwards nobody would know of it, while its commands go on at the servers.
    const run = playbooks.runs().find(({ state }) => MAY_GO_ON.has(state))
    if (run) {
      throw new HeadroomError({
        code: 'RESTORE_DURING_RUN',
        fact: `The run "${run.name}" is ${run.state}: something of it may be going on at its servers, and a restored workspace would not know of it.`,
        fix: 'Let it end or stop it, then restore.',
        details: { runId: run.id },
      })
    }
    const backup = await backups.request(input.id)
    restart()
    return backup
  }),
  dismiss: os.backups.dismiss.handler(({ context: { backups } }) => {
    backups.dismiss()
    return {}
  }),
})
