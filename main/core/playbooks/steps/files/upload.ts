import { createHash } from 'node:crypto'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { parseSize } from '../../../../../shared/playbook/parameters.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import type { PlanContext, RunContext, StepHandler } from '../step.ts'
import type { FileChange } from './change.ts'
import { DIFF_BYTES } from './commands.ts'
import { fileHandler, placeOf } from './handler.ts'
import { readLocal } from './local.ts'
import { shownText, textOf } from './texts.ts'

const base = fileHandler<'upload'>(changeOf)

/** Sends a file of this computer. */
export const upload: StepHandler<'upload'> = {
  ...base,
  async plan(step, context) {
    const plan = await base.plan(step, context)
    const bytes = localOf(step, context)
    const digest = createHash('sha256').update(bytes).digest('hex')
    plan.notes.push(`Sends ${bytes.length} bytes, SHA-256 ${digest}.`)
    return { ...plan, facts: { ...plan.facts, digest } }
  },
  async run(step, context) {
    const digest = createHash('sha256').update(localOf(step, context)).digest('hex')
    if (digest !== context.plan.facts.digest)
      throw new HeadroomError({
        code: 'LOCAL_FILE_CHANGED',
        fact: `${context.values.plain(step.from)} on this computer has changed since it was reviewed.`,
        fix: 'Review the playbook again.',
        field: 'from',
      })
    return await base.run(step, context)
  },
}

function changeOf(step: StepOf<'upload'>, context: PlanContext): FileChange {
  return {
    ...placeOf(step, context),
    newMode: '0644',
    content(before, now: PlanContext | RunContext) {
      const bytes = localOf(step, now)
      const text = bytes.length > DIFF_BYTES ? null : textOf(bytes)
      const old = before === null ? null : textOf(before)
      return {
        bytes,
        shown: text === null || (before !== null && old === null) ? null : shownText(text),
        shownBefore: old === null ? null : shownText(old),
      }
    },
  }
}

function localOf(step: StepOf<'upload'>, context: PlanContext): Buffer {
  const size = context.values.plain(step.max_size)
  const most = parseSize(size)
  if (most === null)
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `"${size}" is no size.`,
      fix: 'Write a number and a unit, such as 64MiB.',
      field: 'max_size',
      value: size,
    })
  const bytes = readLocal(context.values.plain(step.from), most, context)
  const wanted = step.sha256 === undefined ? null : context.values.plain(step.sha256)
  const digest = createHash('sha256').update(bytes).digest('hex')
  if (wanted === null || wanted === digest) return bytes
  throw new HeadroomError({
    code: 'LOCAL_FILE_DIGEST',
    fact: `The file has the SHA-256 ${digest}, not the one stated.`,
    fix: 'Get the right file, or correct the digest.',
    field: 'sha256',
    value: wanted,
  })
}
