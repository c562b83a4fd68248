import { implement, ORPCError, ValidationError } from '@orpc/server'
import * as z from 'zod'
import { contract } from '../../../shared/contract/contract.ts'
import { findingsOf } from '../../../shared/format/schema-findings.ts'
import { HeadroomError, type Problem, problemOf } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Alerts, ArtifactFiles, Plans } from '../plan/index.ts'
import type { Playbooks } from '../playbooks/index.ts'
import type { Quiet } from '../quiet.ts'
import type { Samples } from '../samples/index.ts'
import type { Updates } from '../update/index.ts'
import type { Backups, Transfers, Workspace } from '../workspace/index.ts'

/** What every procedure may use: the areas of one open workspace. */
export interface CoreContext {
  environment: Environment
  events: EventHub
  quiet: Pick<Quiet, 'asked'>
  workspace: Workspace
  hosts: Hosts
  fleet: Fleet
  metrics: Metrics
  plans: Plans
  artifacts: ArtifactFiles
  alerts: Alerts
  playbooks: Playbooks
  backups: Backups
  transfers: Transfers
  samples: Samples
  updates: Updates
  /** Ends this process for its shell to start it again; absent where no shell would. */
  restart: (() => void) | undefined
}

/** The contract, to be implemented. Whatever a handler or its stream throws leaves the core as a PROBLEM. */
export const os = implement(contract)
  .$context<CoreContext>()
  .use(async ({ context, next, path }) => {
    const { log } = context.environment
    const from = context.environment.now()
    context.quiet.asked()
    const done = (code?: string) => {
      if (log.isLevelEnabled('debug'))
        log.debug({ procedure: path.join('.'), ms: context.environment.now() - from, code }, 'call')
    }
    const fail = (error: unknown): ORPCError<'PROBLEM', Problem> => {
      const damage = context.workspace.explain(error)
      if (damage?.again) context.restart?.()
      const problem = damage?.problem ?? asProblem(error)
      done(problem.code)
      if (problem.code === 'INTERNAL')
        context.environment.log.error({ err: error, procedure: path.join('.') }, 'unexpected')
      return new ORPCError('PROBLEM', { defined: true, message: `${problem.fact} ${problem.fix}`, data: problem })
    }
    try {
      const result = await next()
      const output: unknown = result.output
      done()
      return isStream(output) ? { ...result, output: failing(output, fail) as never } : result
    } catch (error) {
      throw fail(error)
    }
  })

/** A thrown value as the problem to show. Input that breaks the contract is INPUT_INVALID and names the first field at fault. */
export function asProblem(error: unknown): Problem {
  if (error instanceof HeadroomError) return error.problem
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError) {
    // The contract's schemas are zod's, so these are its issues; what is known of the shape is the value sent.
    const found = findingsOf(error.cause.issues as z.core.$ZodIssue[], z.unknown(), error.cause.data)[0]
    const field = found?.path.join('.') ?? ''
    return {
      code: 'INPUT_INVALID',
      fact: `${field === '' ? 'The input' : `"${field}"`} ${found?.message ?? 'has the wrong shape'}.`,
      fix: 'Correct it and send it again.',
      ...(field === '' ? {} : { field }),
    }
  }
  return problemOf(error)
}

function isStream(value: unknown): value is AsyncGenerator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function* failing(stream: AsyncGenerator<unknown>, fail: (error: unknown) => Error): AsyncGenerator<unknown> {
  try {
    yield* stream
  } catch (error) {
    throw fail(error)
  }
}
