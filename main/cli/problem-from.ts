import { ORPCError } from '@orpc/client'
import { type Problem, ProblemSchema, problemOf } from '../../shared/model/problem.ts'

/** Whatever a call to the core threw, as the problem to show. */
export function problemFrom(error: unknown): Problem {
  const sent = error instanceof ORPCError ? ProblemSchema.safeParse(error.data) : null
  return sent?.success ? sent.data : problemOf(error)
}
