import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '../../../../shared/format/duration.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import { hasLater, shownLater } from '../../../../shared/playbook/later.ts'
import { emptyPlan, type StepHandler } from './step.ts'

const BETWEEN_TRIES_MS = 1000

/** Asks a URL from this computer until it answers with the wanted status. */
export const httpCheck: StepHandler<'http-check'> = {
  async plan(step, context) {
    const url = context.values.plain(step.url)
    return {
      ...emptyPlan(),
      notes: [`GET ${hasLater(url) ? shownLater(url) : urlOf(url)} must answer ${step.status}.`],
    }
  },
  async run(step, context) {
    const url = urlOf(context.now(context.values.plain(step.url)))
    const until = context.environment.elapsed() + parseDuration(step.timeout)
    let last = 'no answer'
    for (;;) {
      context.signal.throwIfAborted()
      last = await statusOf(url, context.signal)
      if (last === `status ${step.status}`) return { kind: 'done', outcome: `${url} answered ${step.status}.` }
      if (context.environment.elapsed() >= until)
        throw new HeadroomError({
          code: 'HTTP_CHECK_FAILED',
          fact: `${url} did not answer ${step.status} within ${step.timeout}; the last try: ${last}.`,
          fix: 'See why it does not answer, then resume the run.',
          value: url,
        })
      await pause(BETWEEN_TRIES_MS, undefined, { signal: context.signal })
    }
  },
}

/** "status 200", or why there is none. */
export async function statusOf(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    })
    await response.body?.cancel()
    return `status ${response.status}`
  } catch (error) {
    signal.throwIfAborted()
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return cause instanceof Error ? cause.message : String(cause)
  }
}

export function urlOf(text: string): string {
  const url = URL.parse(text)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href
  throw new HeadroomError({
    code: 'URL_INVALID',
    fact: `"${text}" is not a web address.`,
    fix: 'Write one that starts with http:// or https://.',
    field: 'url',
    value: text,
  })
}
