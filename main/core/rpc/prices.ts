import { os } from './base.ts'

export const pricesRouter = os.prices.router({
  book: os.prices.book.handler(({ context: { plans } }) => ({
    prices: plans.priceBook.all(),
    replaced: plans.priceBook.replaced(),
    own: plans.priceBook.own(),
  })),
  saveOwn: os.prices.saveOwn.handler(({ context, input }) => {
    context.plans.priceBook.saveOwn(input)
    return {}
  }),
  removeOwn: os.prices.removeOwn.handler(({ context, input }) => {
    context.plans.priceBook.removeOwn(input.id)
    return {}
  }),
  previewImport: os.prices.previewImport.handler(({ context, input }) => ({
    rows: context.plans.priceBook.previewImport(input.text),
  })),
  importOwn: os.prices.importOwn.handler(({ context, input }) =>
    context.plans.priceBook.importOwn(input.text, input.skipFaults),
  ),
  exportOwn: os.prices.exportOwn.handler(({ context, input }) => context.plans.priceBook.exportOwn(input.format)),
  sources: os.prices.sources.handler(({ context }) => context.plans.priceBook.sources()),
  setToken: os.prices.setToken.handler(async ({ context, input }) => {
    await context.plans.priceBook.setToken(input.source, input.token)
    return {}
  }),
  refresh: os.prices.refresh.handler(({ context, input, signal }) =>
    context.plans.priceBook.refresh(input.source, input.region, signal),
  ),
  apply: os.prices.apply.handler(({ context, input }) => context.plans.priceBook.apply(input.refreshId)),
  revert: os.prices.revert.handler(({ context, input }) => {
    context.plans.priceBook.revert(input.source)
    return {}
  }),
})
