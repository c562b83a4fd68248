import type ssh2 from 'ssh2'
import { sshLibrary } from './ssh-library.ts'

type Identities = Parameters<ssh2.BaseAgent['getIdentities']>[0]

/** An SSH agent of which only some keys are shown; `wanted` is asked with the key's public blob (RFC 4253, 6.6). */
export function filteredAgent(socket: string, wanted: (blob: Buffer) => boolean): ssh2.BaseAgent {
  const { BaseAgent, createAgent } = sshLibrary()
  const agent = createAgent(socket)
  class FilteredAgent extends BaseAgent {
    override getIdentities(done: Identities): void {
      agent.getIdentities((error, keys) => {
        if (error) done(error)
        else
          done(
            null,
            (keys ?? []).filter((key) => wanted(blobOf(key))),
          )
      })
    }

    override sign(key: string | Buffer | ssh2.ParsedKey, data: Buffer, ...rest: unknown[]): void {
      const sign = agent.sign.bind(agent) as (...all: unknown[]) => void
      sign(key, data, ...rest)
    }
  }
  return new FilteredAgent()
}

/** The library hands parsed keys to its own agents' callers. */
function blobOf(key: unknown): Buffer {
  return (key as ssh2.ParsedKey).getPublicSSH()
}
