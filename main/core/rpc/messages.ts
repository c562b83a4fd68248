import * as z from 'zod'
import type { Link } from '../../../shared/contract/link.ts'

const id = z.string().min(1).max(100)
/** What JSON has no word for, with its place: a date (1), not a number (2), nothing (3). The library knows more kinds; the contract does not. */
const markSchema = z.tuple(
  [z.literal([1, 2, 3])],
  z.union([z.number().int().nonnegative(), z.string().regex(/^(?!__proto__$|constructor$|prototype$)/)]),
)
const MessageSchema = z.union([
  /** A call: the path of a procedure, and its input. The contract has no files, so no headers and no other bodies. */
  z.strictObject({
    i: id,
    p: z.strictObject({
      u: z.string().regex(/^(?:\/[A-Za-z0-9]{1,60}){2,6}$/),
      b: z
        .strictObject({ json: z.unknown(), meta: z.array(markSchema).max(10_000).optional() })
        .partial()
        .optional(),
    }),
  }),
  /** A call is no longer wanted. */
  z.strictObject({ i: id, t: z.literal(4) }),
])

/**
 * The same line, of which only messages that the contract's client sends are heard. The library takes a message for what
 * it should be and fails outside any call where it is not; a peer that sends another one has no more to say.
 */
export function soundLink(link: Link, refused: (length: number) => void): Link {
  return {
    ...bound(link),
    onMessage: (listener) =>
      link.onMessage((message) => {
        if (isSound(message)) listener(message)
        else {
          refused(message.length)
          link.close()
        }
      }),
  }
}

const bound = (link: Link): Link => ({
  send: (message) => link.send(message),
  onMessage: (listener) => link.onMessage(listener),
  onClose: (listener) => link.onClose(listener),
  close: () => link.close(),
})

function isSound(message: string | Uint8Array): boolean {
  if (typeof message !== 'string') return false
  try {
    return MessageSchema.safeParse(JSON.parse(message)).success
  } catch {
    return false
  }
}
