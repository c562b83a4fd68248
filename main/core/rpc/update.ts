import { os } from './base.ts'

export const updateRouter = os.update.router({
  status: os.update.status.handler(({ context: { updates } }) => updates.status()),
  set: os.update.set.handler(({ context: { updates }, input }) => updates.set(input.on)),
  check: os.update.check.handler(({ context: { updates } }) => updates.check()),
  download: os.update.download.handler(({ context: { updates } }) => updates.download()),
})
