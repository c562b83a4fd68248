import * as z from 'zod'

/**
 * A place in a plan. A step into a map is its key. A step into a list is the entry's `id` (a demand's `resource`) where
 * entries have one, else its index: `['stages', 'mvp', 'lineItems', 'vps', 'price', 'amount']`.
 */
export const EditPathSchema = z
  .array(z.union([z.string().min(1).max(200), z.number().int().nonnegative()]))
  .min(1, 'name what is edited')
  .max(16)
export type EditPath = z.infer<typeof EditPathSchema>

/**
 * One change of a plan, small enough to be sent at every step of typing.
 * `set` puts a value at a path (maps that are not there yet are made); `unset` takes an optional one away;
 * `insert` puts an entry into the list at `path`, at the index `at` or as the last; `remove` takes an entry of a list or a
 * key of a map; `move` puts an entry to another index of its list; `rename` gives a thing another id (or key) and changes
 * every reference to it; `all` does several, or none of them.
 */
export type Edit =
  | { op: 'set'; path: EditPath; value: unknown }
  | { op: 'unset'; path: EditPath }
  | { op: 'insert'; path: EditPath; at?: number; value: unknown }
  | { op: 'remove'; path: EditPath }
  | { op: 'move'; path: EditPath; to: number }
  | { op: 'rename'; path: EditPath; to: string }
  | { op: 'all'; edits: Edit[]; reason?: string }

const path = EditPathSchema
const index = z.number().int().nonnegative()
export const EditSchema: z.ZodType<Edit> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('set'), path, value: z.unknown() }),
    z.strictObject({ op: z.literal('unset'), path }),
    z.strictObject({ op: z.literal('insert'), path, at: index.optional(), value: z.unknown() }),
    z.strictObject({ op: z.literal('remove'), path }),
    z.strictObject({ op: z.literal('move'), path, to: index }),
    z.strictObject({ op: z.literal('rename'), path, to: z.string().min(1).max(200) }),
    z.strictObject({
      op: z.literal('all'),
      edits: z.array(EditSchema).max(20_000),
      reason: z.string().max(200).optional().describe('what they do together, for the history'),
    }),
  ]),
)
