import { os } from './base.ts'

export const playbookFilesRouter = os.playbookFiles.router({
  create: os.playbookFiles.create.handler(({ context, input }) => context.playbooks.files.create(input.copyOf)),
  save: os.playbookFiles.save.handler(({ context, input }) =>
    context.playbooks.files.save(input.file, input.source, input.digest),
  ),
  rename: os.playbookFiles.rename.handler(({ context, input }) =>
    context.playbooks.files.rename(input.file, input.id, input.name),
  ),
  remove: os.playbookFiles.remove.handler(({ context, input }) => context.playbooks.files.remove(input.file)),
  restore: os.playbookFiles.restore.handler(({ context, input }) => context.playbooks.files.restore(input.removed)),
  base: os.playbookFiles.base.handler(({ context, input }) => context.playbooks.files.base(input.file)),
})
