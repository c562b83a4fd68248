import { os } from './base.ts'

export const hostsRouter = os.hosts.router({
  list: os.hosts.list.handler(({ context }) => context.hosts.list()),
  scanKey: os.hosts.scanKey.handler(({ context, input }) => context.hosts.scanKey(input)),
  acceptKey: os.hosts.acceptKey.handler(({ context, input }) => {
    context.hosts.acceptKey(input)
    return {}
  }),
  knownKeys: os.hosts.knownKeys.handler(({ context }) => context.hosts.knownKeys()),
  previewKeys: os.hosts.previewKeys.handler(({ context, input }) => context.hosts.importKeys(input.text, false)),
  importKeys: os.hosts.importKeys.handler(({ context, input }) => context.hosts.importKeys(input.text, true)),
  forgetKey: os.hosts.forgetKey.handler(({ context, input }) => {
    context.hosts.forgetKey(input)
    return {}
  }),
  add: os.hosts.add.handler(({ context, input }) => context.hosts.add(input)),
  setPostgres: os.hosts.setPostgres.handler(({ context, input }) =>
    context.hosts.setPostgres(input.hostId, input.postgres),
  ),
  setSecret: os.hosts.setSecret.handler(({ context, input }) => context.hosts.setSecret(input.hostId, input.secret)),
  answer: os.hosts.answer.handler(({ context, input }) => context.hosts.answer(input.hostId, input.answers)),
  remove: os.hosts.remove.handler(async ({ context, input }) => {
    await context.hosts.remove(input.hostId)
    return {}
  }),
  test: os.hosts.test.handler(({ context, input }) => context.hosts.test(input.hostId)),
  suggestions: os.hosts.suggestions.handler(({ context }) => context.hosts.suggestions()),
})
