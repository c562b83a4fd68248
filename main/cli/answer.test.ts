import { PassThrough, Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { CoreClient } from '../../shared/contract/client.ts'
import type { Host } from '../../shared/model/host.ts'
import type { Problem } from '../../shared/model/problem.ts'
import { answerAll } from './answer.ts'
import type { Call } from './command.ts'
import { Terminal } from './terminal.ts'

const asks = (code: string, ...texts: string[]): Problem => ({
  ...{ code, fact: `${code} of bastion.`, fix: 'Answer.', field: 'answers' },
  details: { jump: 'bastion', prompts: JSON.stringify(texts.map((text) => ({ text, echo: false }))) },
})
const unknownKey: Problem = {
  ...{ code: 'HOST_KEY_UNKNOWN', fact: 'Unknown.', fix: 'Compare.' },
  details: {
    ...{ address: '10.0.0.1', port: '22', algorithm: 'ssh-ed25519', fingerprint: 'SHA256:abc', keyBase64: 'AAAA' },
    jump: 'bastion',
  },
}
const hostWith = (problem: Problem | null) =>
  ({ id: 'h', name: 'db', state: problem === null ? 'up' : 'needs-secret', problem }) as Host

/** A host that comes to the next of these problems with each thing that is done, and what was done. */
function scene(problems: (Problem | null)[], values: Call['values']) {
  const did: string[] = []
  const next = () => hostWith(problems.shift() ?? null)
  const hosts = {
    test: async () => next(),
    acceptKey: async ({ fingerprint }: { fingerprint: string }) => void did.push(`trust ${fingerprint}`),
    answer: async ({ answers }: { answers: string[] }) => {
      did.push(`answer ${answers.join(' ')}`)
      return next()
    },
  }
  const streams = { input: Readable.from([]), output: new PassThrough(), errors: new PassThrough() }
  const call: Call = {
    core: { hosts } as unknown as CoreClient,
    ...{ terminal: new Terminal(streams, false), positionals: [], values, json: false },
    env: { PASSWORD: 'pw', CODE: '123456' },
    signal: new AbortController().signal,
  }
  return { did, start: async () => answerAll(call, next()), said: () => String(streams.output.read() ?? '') }
}

it('answers a jump host, trusts its key when that was named, and goes on to the server behind it', async () => {
  const one = scene([unknownKey, asks('ANSWER_NEEDED', 'Password:'), asks('ANSWER_NEEDED', 'Code:'), null], {
    answer: ['env:PASSWORD', 'env:CODE'],
    'accept-key': 'SHA256:abc',
  })
  expect((await one.start()).state).toBe('up')
  expect(one.did).toEqual(['trust SHA256:abc', 'answer pw', 'answer 123456'])
  expect(one.said()).toContain('The jump host bastion (10.0.0.1:22) shows a key')
})

it('without a terminal tells what is asked, and never an answer', async () => {
  const none = scene([asks('ANSWER_NEEDED', 'Code:')], {})
  await expect(none.start()).rejects.toMatchObject({ code: 'ANSWER_NEEDED' })
  const refused = scene([asks('ANSWER_NEEDED', 'Code:'), asks('ANSWER_REFUSED', 'Code:')], { answer: ['env:CODE'] })
  await expect(refused.start()).rejects.toMatchObject({ code: 'ANSWER_REFUSED' })
  expect(refused.said()).not.toContain('123456')
  const plain = scene([asks('ANSWER_NEEDED', 'Code:')], { answer: ['123456'] })
  await expect(plain.start()).rejects.toMatchObject({ code: 'SECRET_IN_ARGUMENTS' })
  const key = scene([unknownKey], { 'accept-key': 'SHA256:other' })
  await expect(key.start()).rejects.toMatchObject({ code: 'HOST_KEY_UNKNOWN' })
})
