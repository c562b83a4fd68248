import { os } from './base.ts'

export const fleetRouter = os.fleet.router({
  overview: os.fleet.overview.handler(({ context }) => context.fleet.overview()),
  sparklines: os.fleet.sparklines.handler(({ context, input }) => context.fleet.sparklines(input)),
  marks: os.fleet.marks.handler(({ context }) => context.fleet.marks()),
  setMarks: os.fleet.setMarks.handler(({ context, input }) => context.fleet.setMarks(input)),
})
