import * as z from 'zod'
import { procedure } from './procedure.ts'

/** Sample workspaces: a blueprint's plan with servers whose figures are made up. Nothing is connected to. */
export const samples = {
  offers: procedure.output(
    z.array(z.object({ blueprintId: z.string(), name: z.string(), story: z.string(), servers: z.number().int() })),
  ),
  opened: procedure.output(
    z.object({ blueprintId: z.string(), openedAt: z.number(), servers: z.number().int() }).nullable(),
  ),
  /** NO_SAMPLE; WORKSPACE_IN_USE where there is a plan or a server that is no sample's. */
  open: procedure.input(z.object({ blueprintId: z.string() })).output(z.object({})),
  /** Its servers, their measurements and its plan. NO_SAMPLE_OPEN. */
  remove: procedure.output(z.object({})),
}
