import * as z from 'zod'
import type { Host } from '../../shared/model/host.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { type Call, type Command, done } from './command.ts'
import { findHost } from './find-host.ts'
import { judgeKey, keyOptions } from './judge-key.ts'
import { secretFrom } from './secrets.ts'

const PromptsSchema = z.array(z.object({ text: z.string(), echo: z.boolean() }))
/** How often a refused answer is asked for again, as ssh does. */
const TRIES = 3

export const hostsAnswer: Command = {
  words: ['hosts', 'answer'],
  usage: 'hosts answer NAME [--answer env:VAR | file:PATH]... [--accept-key SHA256:...]',
  summary: 'answers what a server or its jump host asks at the login, such as a one-time code',
  options: { answer: { type: 'string', multiple: true }, ...keyOptions },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const { core, positionals } = call
    const host = await findHost(core, positionals[0] ?? '')
    const asks = promptsOf(host).length > 0 ? host : await core.hosts.test({ hostId: host.id })
    const answered = await answerAll(call, asks)
    call.terminal.say(`${answered.name} is connected.`)
    if (!(await core.alerts.list()).watching)
      call.terminal.say('No Headroom is running on this workspace, so the connection ends with this command.')
    return done(answered)
  },
}

/** What a host is asked for at its login; none where it is not. */
export function promptsOf({ problem }: Pick<Host, 'problem'>): z.infer<typeof PromptsSchema> {
  const asks = problem?.code === 'ANSWER_NEEDED' || problem?.code === 'ANSWER_REFUSED'
  return asks ? PromptsSchema.parse(JSON.parse(problem.details?.prompts ?? '[]')) : []
}

/**
 * Answers until the host is connected: a jump host may ask, then the server behind it, and keys that are not known are judged
 * on the way. @throws the problem that is left: ANSWER_NEEDED without a terminal, ANSWER_REFUSED, HOST_KEY_UNKNOWN, and others
 */
export async function answerAll(call: Call, asked: Host): Promise<Host> {
  const { core, terminal, values } = call
  const given = values.answer
  const references = Array.isArray(given) ? given.map(String) : []
  let host = asked
  let refused = 0
  for (;;) {
    const { problem } = host
    if (host.state === 'up' || problem === null) return host
    if (await judgeKey(call, problem)) {
      host = await core.hosts.test({ hostId: host.id })
      continue
    }
    const prompts = promptsOf(host)
    if (problem.code === 'ANSWER_REFUSED') refused += 1
    const fromWords = references.splice(0, prompts.length)
    const canAnswer = fromWords.length === prompts.length || terminal.interactive
    if (prompts.length === 0 || !canAnswer || refused >= TRIES) throw new HeadroomError(problem)
    if (fromWords.length < prompts.length) terminal.say(problem.fact)
    const answers: string[] = []
    for (const [index, prompt] of prompts.entries()) {
      const reference = fromWords[index]
      const question = prompt.text.replace(/:\s*$/, '') || 'Answer'
      if (reference !== undefined) answers.push(await secretFrom(reference, '--answer', call))
      else answers.push(prompt.echo ? await terminal.answer(question) : await terminal.secret(question))
    }
    host = await core.hosts.answer({ hostId: host.id, answers })
  }
}
