import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { artifactText } from '../artifact.ts'
import type { PlanContext } from '../step.ts'
import type { FileChange } from './change.ts'
import { DIFF_BYTES } from './commands.ts'
import { fileHandler, placeOf } from './handler.ts'
import { readLocal } from './local.ts'
import { type Filled, fill, hideAround, syntaxOf } from './syntax.ts'
import { shownText, textOf } from './texts.ts'

/** Writes a file from a template. */
export const template = fileHandler<'template'>(changeOf)

function changeOf(step: StepOf<'template'>, context: PlanContext): FileChange {
  const place = placeOf(step, context)
  const source = templateSource(step, context)
  const syntax = step.syntax ?? syntaxOf(place.path)
  // What is made of the plan is no template: what looks like an insertion in it is text like any other.
  const filledWith = (now: Parameters<typeof fill>[2]): Filled =>
    step.artifact === undefined
      ? fill(source, syntax, now)
      : { real: source, shown: source, later: false, secrets: [], around: [] }
  const found = filledWith(context)
  const secret = found.around.length > 0 || found.secrets.length > 0
  return {
    ...place,
    newMode: secret ? '0600' : '0644',
    content(before, now) {
      const filled = filledWith(now)
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
  const made = artifactText(step, context)
  if (made !== null) return made
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
