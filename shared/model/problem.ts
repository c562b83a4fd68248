import * as z from 'zod'

/**
 * What crosses every boundary when something goes wrong: a stable code for programs, the fact and the fix for people.
 * `field` and `value` name the input at fault; `details` holds further facts (never a secret).
 */
export const ProblemSchema = z.object({
  code: z.string().regex(/^[A-Z][A-Z0-9_]+$/),
  fact: z.string(),
  fix: z.string(),
  field: z.string().optional(),
  value: z.string().optional(),
  details: z.record(z.string(), z.string()).optional(),
})
export type Problem = z.infer<typeof ProblemSchema>

/** The one error class of the product. Its message reads "fact fix". */
export class HeadroomError extends Error {
  readonly problem: Problem
  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(`${shortened(problem.fact)} ${shortened(problem.fix)}`, options)
    this.name = 'HeadroomError'
    this.problem = { ...problem, fact: shortened(problem.fact), fix: shortened(problem.fix) }
  }
  get code(): string {
    return this.problem.code
  }
}

/** A sentence that quotes input holds as much of it as a person reads. */
const MOST_CHARACTERS = 2000
const shortened = (text: string): string =>
  wellEnded(text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS).toWellFormed()}…`)

/** A sentence that ends with what a program said, such as "Is it running?", has one mark at its end. */
export const wellEnded = (text: string): string => text.replaceAll(/([?!…])\.(?=\s|$)/g, '$1')

/** Any thrown value as a problem: ours as it is, anything else as INTERNAL with its message. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HeadroomError) return error.problem
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'INTERNAL',
    fact: `Something unexpected went wrong: ${message}.`,
    fix: 'Try again; if it stays, export the log in Settings and report it.',
  }
}
