import { createHash } from 'node:crypto'
import type { Command } from '../../../shared/model/command.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import { type Hosts, redactor } from '../hosts/index.ts'
import type { Printed } from './job.ts'
import { LineSplitter } from './output.ts'

const MOST_CHARACTERS = 16_000_000

/**
 * Runs a command, hands over its lines with the secrets replaced, and keeps both outputs. `live`: only the last half
 * million characters or more are kept. OUTPUT_TOO_LARGE ends any other command after 16 million characters.
 */
export async function collect(
  hosts: Hosts,
  hostId: string,
  command: Command,
  options: {
    secrets: readonly Secret[]
    live: boolean
    signal: AbortSignal
    line(stream: 'stdout' | 'stderr', text: string): void
    /** What is waited for before more of standard output is read. */
    room?(): Promise<void> | undefined
  },
): Promise<Printed> {
  const hash = createHash('sha256')
  let lines = 0
  const texts = { stdout: '', stderr: '' }
  const streams = (['stdout', 'stderr'] as const).map((stream) => {
    const splitter = new LineSplitter((text) => {
      lines += 1
      hash.update(`${stream} ${text}\n`)
      options.line(stream, text)
      if (options.live && texts[stream].length > 1_000_000) texts[stream] = texts[stream].slice(-500_000)
      texts[stream] += `${text}\n`
      if (texts[stream].length > MOST_CHARACTERS)
        throw new HeadroomError({
          code: 'OUTPUT_TOO_LARGE',
          fact: 'A command printed more than 16 MB where a short answer was due.',
          fix: 'See what it prints when run by hand on the server.',
        })
    })
    const hide = redactor(options.secrets)
    return {
      write: (chunk: Buffer) => splitter.write(hide.write(chunk)),
      end: () => {
        splitter.write(hide.end())
        splitter.end()
      },
    }
  })
  const end = await hosts.stream(hostId, command, {
    onStdout(chunk) {
      streams[0]?.write(chunk)
      return options.room?.()
    },
    onStderr: (chunk) => streams[1]?.write(chunk),
    signal: options.signal,
  })
  for (const stream of streams) stream.end()
  return { ...end, ...texts, digest: hash.digest('hex'), lines }
}
