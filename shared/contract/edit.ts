import * as z from 'zod'
import { EditSchema } from '../model/edit.ts'
import { currencyField } from '../model/field.ts'
import { procedure } from './procedure.ts'

const revision = z.number().int()
const step = z.object({ base: revision.optional() }).default({})

/** Editing the plan, composed into `plan`. `stageCost` is the schema of a stage's cost. */
export function editing<C extends z.ZodType>(stageCost: C) {
  /** `costs` has the stages whose cost is not as it was; the rest of what was read before stands. `undo` and `redo` as in current. */
  const edited = z.object({
    revision,
    reason: z.string(),
    costs: z.array(stageCost),
    undo: z.string().nullable(),
    redo: z.string().nullable(),
  })
  const stepped = edited.extend({
    change: EditSchema.nullable().describe('the edit that leads there; null: read the plan again'),
  })
  return {
    /**
     * One edit of the revision `base`: PLAN_CHANGED_ELSEWHERE when another one stands. Refused whole, with field, value and
     * fix, when what it makes is no sound plan: NOTHING_THERE, NAME_TAKEN, STILL_REFERRED, EDIT_INVALID.
     */
    edit: procedure
      .input(z.object({ base: revision, edit: EditSchema, token: z.string().min(8).max(64).optional() }))
      .output(edited),
    /** NOTHING_TO_UNDO. */
    undo: procedure.input(step).output(stepped),
    /** NOTHING_TO_REDO; a new edit ends what could be done again. */
    redo: procedure.input(step).output(stepped),
    /** Newest first; `undone` ones come after the present one. */
    history: procedure.output(
      z.array(
        z.object({
          revision,
          savedAt: z.number(),
          reason: z.string(),
          state: z.enum(['past', 'present', 'undone']),
        }),
      ),
    ),
    /** Puts a kept revision in force; NO_REVISION. */
    goTo: procedure.input(z.object({ revision })).output(edited),
    /** A plan of one empty stage takes the place of the present one. */
    create: procedure
      .input(z.object({ name: z.string().trim().min(1, 'give the plan a name').max(120), currency: currencyField }))
      .output(z.object({})),
  }
}
