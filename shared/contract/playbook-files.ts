import * as z from 'zod'
import { PlaybookSummarySchema } from '../model/run.ts'
import { procedure } from './procedure.ts'

const file = z.string().min(1).max(200).describe('its name in the folder of playbooks')
const source = z.string().max(2_000_000)
const byFile = z.object({ file })

/** The operator's own playbooks: files in the workspace. Each answer is the playbook as it is then. */
export const playbookFiles = {
  /** A copy of a shipped playbook or of another own one, with an id of its own; without `copyOf` a short beginning. */
  create: procedure.input(z.object({ copyOf: z.string().optional() })).output(PlaybookSummarySchema),
  /** `digest`: of the text that was read. PLAYBOOK_FILE_CHANGED when somebody else has written the file since. */
  save: procedure.input(byFile.extend({ source, digest: z.string() })).output(PlaybookSummarySchema),
  rename: procedure
    .input(byFile.extend({ id: z.string().max(100), name: z.string().max(200) }))
    .output(PlaybookSummarySchema),
  /** Puts the file aside; `restore` with what it returns brings it back. */
  remove: procedure.input(byFile).output(z.object({ removed: z.string() })),
  restore: procedure.input(z.object({ removed: z.string().max(300) })).output(PlaybookSummarySchema),
  /** The shipped playbook it was copied from: as it was then, and as it is now. Null: it was not copied, or it is gone. */
  base: procedure.input(byFile).output(
    z.object({
      id: z.string().nullable(),
      atCopy: z.string().nullable(),
      now: z.string().nullable(),
    }),
  ),
}
