import * as z from 'zod'
import { UpdateStatusSchema } from '../model/update.ts'
import { procedure } from './procedure.ts'

/** Newer versions of the app: nothing is asked of anybody until the operator turns it on. */
export const update = {
  status: procedure.output(UpdateStatusSchema),
  /** Turned on, the feed is read once a day. UPDATE_NO_FEED in a build without one. */
  set: procedure.input(z.object({ on: z.boolean() })).output(UpdateStatusSchema),
  /** Reads the feed now. UPDATE_OFF, UPDATE_UNREACHABLE, UPDATE_NOT_SIGNED, UPDATE_FEED_INVALID. */
  check: procedure.output(UpdateStatusSchema),
  /** Fetches and verifies the newer version. Also UPDATE_NONE, UPDATE_NO_FILE, UPDATE_FILE_WRONG, UPDATE_NOT_WRITTEN. */
  download: procedure.output(UpdateStatusSchema),
}
