import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import type { PlanContext } from '../step.ts'
import type { FileChange } from './change.ts'
import { DIFF_BYTES } from './commands.ts'
import { fileHandler, placeOf } from './handler.ts'
import { readLocal } from './local.ts'
import { fill, hideAround, syntaxOf } from './syntax.ts'
import { shownText, textOf } from './texts.ts'

/** Writes a file from a template. */
export const template = fileHandler<'template'>(changeOf)

function changeOf(step: StepOf<'template'>, context: PlanContext): FileChange {
  const place = placeOf(step, context)
  const source = templateSource(step, context)
  const syntax = step.syntax ?? syntaxOf(place.path)
  const secret = fill(source, syntax, context).around.length > 0 || fill(source, syntax, context).secrets.length > 0
  return {
    ...place,
    newMode: secret ? '0600' : '0644',
    content(before, now) {
      const filled = fill(source, syntax, now)
      const old = before === null ? null : textOf(before)
      return {
        bytes: Buffer.from(filled.real),
        shown: filled.real.length > DIFF_BYTES ? null : shownText(filled.shown),
        shownBefore: old === null ? null : shownText(hideAround(old, filled.around), filled.secrets),
        later: filled.later,
      }
    },
  }
}

export function templateSource(step: StepOf<'template'>, context: PlanContext): string {
  if ((step.text === undefined) === (step.from === undefined))
    throw new HeadroomError({
      code: 'TEMPLATE_SOURCE',
      fact: 'A template step needs text or from, and not both.',
      fix: 'Write the text into the playbook, or name the file that holds it.',
      field: 'text',
    })
  if (step.from === undefined) return step.text ?? ''
  const from = context.values.plain(step.from)
  const text = textOf(readLocal(from, DIFF_BYTES, context))
  if (text !== null) return text
  throw new HeadroomError({
    code: 'TEMPLATE_NOT_TEXT',
    fact: `${from} is not text in UTF-8, so it cannot be a template.`,
    fix: 'Use an upload step for it.',
    field: 'from',
    value: from,
  })
}
