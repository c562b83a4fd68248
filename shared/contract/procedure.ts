import { oc } from '@orpc/contract'
import { ProblemSchema } from '../model/problem.ts'

/** Every procedure may fail with PROBLEM, whose data is the problem to show: code, fact, fix. */
export const procedure = oc.errors({ PROBLEM: { data: ProblemSchema } })
