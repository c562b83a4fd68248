import type ssh2 from 'ssh2'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../shared/model/secret.ts'
import { Conversation } from './keyboard-interactive.ts'

const target = { address: 'db1', port: 22, user: 'deploy' }
/** What a conversation sends for these prompts; null when it ends the attempt instead. */
function asked(conversation: Conversation, prompts: ssh2.Prompt[]): string[] | null {
  let sent: string[] | null = null
  const { method } = conversation.offer()
  if (method.type !== 'keyboard-interactive') throw new Error('another method')
  method.prompt('', '', '', prompts, (answers) => {
    sent = answers
  })
  return sent
}
const of = (password: string | null, answers: string[] = []) =>
  new Conversation('deploy', password === null ? null : new Secret('password', password), answers)
const hidden = (prompt: string) => ({ prompt, echo: false })
const shown = (prompt: string) => ({ prompt, echo: true })

describe('a conversation', () => {
  it('gives the password once, to a hidden prompt that does not ask for a code', () => {
    expect(asked(of('pw'), [hidden('Password: ')])).toEqual(['pw'])
    expect(asked(of('pw'), [hidden('(deploy@db1) Passwort:')])).toEqual(['pw'])
    expect(asked(of('pw'), [shown('Password: ')])).toBeNull()
    for (const other of [
      'Verification code: ',
      'One-time password (OATH) for `deploy`: ',
      'Enter PIN:',
      'New password: ',
    ])
      expect(asked(of('pw'), [hidden(other)])).toBeNull()
  })

  it('gives no password that is asked for a second time, as when an expired one must be changed', () => {
    const one = of('pw')
    expect(asked(one, [hidden('Password: ')])).toEqual(['pw'])
    expect(asked(one, [hidden('Current password: ')])).toBeNull()
  })

  it('gives the answers in their order, over several questions', () => {
    const one = of('pw', ['123456', 'blue'])
    expect(asked(one, [shown('Code: '), hidden('Password: ')])).toEqual(['123456', 'pw'])
    expect(asked(one, [])).toEqual([])
    expect(asked(one, [hidden('Favourite colour? (a token)')])).toEqual(['blue'])
  })

  it('says what was asked, with the echo of each prompt, in one line of text', () => {
    const one = of('pw')
    asked(one, [hidden('Password: '), shown('Code\u001b[2J\nfor deploy:\u202e ')])
    const { problem } = one.unanswered(target)
    expect(problem).toMatchObject({ code: 'ANSWER_NEEDED', field: 'answers' })
    expect(problem.fact).toBe('deploy@db1:22 asks "Code [2J for deploy:" to let you in.')
    expect(JSON.parse(problem.details?.prompts ?? '')).toEqual([{ text: 'Code [2J for deploy:', echo: true }])
  })

  it('calls an answer wrong only where one was given', () => {
    const none = of('pw')
    asked(none, [hidden('Password: ')])
    expect(none.refused(target)).toBeNull()
    const one = of('pw', ['000000'])
    asked(one, [hidden('Password: '), hidden('Code: ')])
    expect(one.refused(target)?.problem).toMatchObject({ code: 'ANSWER_REFUSED' })
    expect(JSON.stringify(one.refused(target)?.problem)).not.toContain('000000')
  })
})
