import { HeadroomError } from '../../../shared/model/problem.ts'
import { refuseDuringRun } from '../playbooks/index.ts'
import { os } from './base.ts'

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
    refuseDuringRun(playbooks.runs())
    const backup = await backups.request(input.id)
    restart()
    return backup
  }),
  dismiss: os.backups.dismiss.handler(({ context: { backups } }) => {
    backups.dismiss()
    return {}
  }),
})
