import { os } from './base.ts'

export const playbooksRouter = os.playbooks.router({
  list: os.playbooks.list.handler(({ context }) => context.playbooks.list()),
  preview: os.playbooks.preview.handler(({ context, input }) =>
    context.playbooks.preview(input.playbookId, input.parameters, { rehearsal: input.rehearsal }),
  ),
  start: os.playbooks.start.handler(({ context, input }) =>
    context.playbooks.start(input.playbookId, input.parameters, input.previewHash, { rehearsal: input.rehearsal }),
  ),
  handOver: os.playbooks.handOver.handler(({ context, input }) =>
    context.playbooks.handOver(input.playbookId, input.parameters, input.format),
  ),
  audit: os.playbooks.audit.handler(({ context, input }) => context.playbooks.audit(input.now)),
  exportAudit: os.playbooks.exportAudit.handler(({ context, input }) =>
    context.playbooks.exportAudit(input.format, input.from),
  ),
  runs: os.playbooks.runs.handler(({ context }) => context.playbooks.runs()),
  run: os.playbooks.run.handler(({ context, input }) => context.playbooks.run(input.runId)),
  stop: os.playbooks.stop.handler(({ context, input }) => context.playbooks.stop(input.runId)),
  resume: os.playbooks.resume.handler(({ context, input }) => context.playbooks.resume(input.runId, input.secrets)),
  approve: os.playbooks.approve.handler(({ context, input }) =>
    context.playbooks.approve(input.runId, input.stepId, input.typed),
  ),
  agree: os.playbooks.agree.handler(({ context, input }) => context.playbooks.agree(input.runId, input.digest)),
  skip: os.playbooks.skip.handler(({ context, input }) =>
    context.playbooks.skip(input.runId, input.stepId, input.reason),
  ),
  undo: os.playbooks.undo.handler(({ context, input }) =>
    context.playbooks.undo(input.runId, input.stepId, input.secrets),
  ),
  locks: os.playbooks.locks.handler(({ context }) => context.playbooks.locks()),
  breakLock: os.playbooks.breakLock.handler(async ({ context, input }) => {
    await context.playbooks.breakLock(input.hostId, input.reason)
  }),
  follow: os.playbooks.follow.handler(({ context, input, signal }) => context.playbooks.follow(input.runId, signal)),
  output: os.playbooks.output.handler(({ context, input }) =>
    context.playbooks.output(input.runId, input.afterSeq, input.limit),
  ),
  journal: os.playbooks.journal.handler(({ context, input }) => context.playbooks.journal(input.runId)),
  exportJournal: os.playbooks.exportJournal.handler(({ context, input }) =>
    context.playbooks.exportJournal(input.runId, input.format),
  ),
  proofs: os.playbooks.proofs.handler(({ context, input }) => context.playbooks.proofs(input.runId)),
  proveAgain: os.playbooks.proveAgain.handler(({ context, input }) =>
    context.playbooks.proveAgain(input.runId, input.secrets),
  ),
})
