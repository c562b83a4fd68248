import { os } from './base.ts'

export const samplesRouter = os.samples.router({
  offers: os.samples.offers.handler(({ context }) => context.samples.offers()),
  opened: os.samples.opened.handler(({ context }) => context.samples.opened()),
  open: os.samples.open.handler(async ({ context, input }) => {
    await context.samples.open(input.blueprintId)
    return {}
  }),
  remove: os.samples.remove.handler(async ({ context }) => {
    await context.samples.remove()
    return {}
  }),
})
