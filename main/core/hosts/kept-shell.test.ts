import { PassThrough } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import { expect, it } from 'vitest'
import { KeptShell, ShellEnded } from './kept-shell.ts'

/** A channel that answers by hand: what the shell was told is `sent`, what it says goes through `say`. */
function channel() {
  const sent: string[] = []
  const stream = new PassThrough()
  const stderr = new PassThrough()
  const made = Object.assign(stream, {
    stderr,
    write: (text: string) => {
      sent.push(text)
      return true
    },
    close: () => stream.destroy(),
  })
  const say = (text: string) => void stream.emit('data', Buffer.from(text))
  return { channel: made as unknown as ClientChannel, sent, say }
}
function run(shell: KeptShell, text: string) {
  let stdout = ''
  const onStdout = (chunk: Buffer) => {
    stdout += chunk.toString()
  }
  return { exit: shell.run({ text, once: shell.once }, { onStdout, onStderr: () => {} }), stdout: () => stdout }
}
const markOf = (text: string) => /echo '(\w+-\d+) begins'/.exec(text)?.[1] ?? ''
/** The mark of the line in which the shell tells its process id. */
const shellMark = (sent: string[]) => /^echo "(\w+) \$\$"/.exec(sent[0] ?? '')?.[1] ?? 'none'

it('hands over exactly what stands between the marks, however the stream is cut', async () => {
  const { channel: made, sent, say } = channel()
  const shell = new KeptShell(made, 'f() { :; }\n')
  const first = run(shell, 'f')
  expect(sent[0]).toContain('\nf() { :; }\n')
  const answer = `Welcome\n${shellMark(sent)} 77\nstray\n${markOf(sent[0] ?? '')} begins\none\ntwo, no newline\n${markOf(sent[0] ?? '')} 3\n`
  for (const character of answer) say(character)
  expect(await first.exit).toEqual({ exitCode: 3, signal: null })
  expect(first.stdout()).toBe('one\ntwo, no newline')
  expect(shell.processId).toBe(77)
  const second = run(shell, 'f')
  expect(sent[1]).not.toContain('f() {')
  // What a program of the call before says late is no part of this answer, nor is the mark of that call.
  say(`late\n${markOf(sent[0] ?? '')} 0\n${markOf(sent[1] ?? '')} begins\nx\n\n${markOf(sent[1] ?? '')} 0\n`)
  expect(await second.exit).toEqual({ exitCode: 0, signal: null })
  expect(second.stdout()).toBe('x\n')
})

it('gives up a login that says more than any greeting before it has a shell', async () => {
  const { channel: made, say } = channel()
  const call = run(new KeptShell(made, ''), 'true')
  const refused = expect(call.exit).rejects.toBeInstanceOf(ShellEnded)
  say('y\n'.repeat(40_000))
  await refused
})

it('fails a call that its shell does not outlive', async () => {
  const { channel: made, sent, say } = channel()
  const shell = new KeptShell(made, '')
  const call = run(shell, 'true')
  say(`${shellMark(sent)} 5\n${markOf(sent[0] ?? '')} begins\nhalf`)
  made.destroy()
  await expect(call.exit).rejects.toBeInstanceOf(ShellEnded)
  expect(shell.isUsable).toBe(false)
})

it('is made anew after an hour of rounds', async () => {
  const { channel: made, sent, say } = channel()
  const shell = new KeptShell(made, '')
  for (let i = 0; i < 240; i++) {
    expect(shell.isUsable).toBe(true)
    const call = run(shell, 'true')
    const mark = markOf(sent[i] ?? '')
    if (i === 0) say(`${shellMark(sent)} 5\n`)
    say(`${mark} begins\n\n${mark} 0\n`)
    await call.exit
  }
  expect(shell.isUsable).toBe(false)
})
