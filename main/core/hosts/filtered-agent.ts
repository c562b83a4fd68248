import ssh2 from 'ssh2'

/** An SSH agent of which only some keys are shown; `wanted` is asked with the key's public blob (RFC 4253, 6.6). */
export function filteredAgent(socket: string, wanted: (blob: Buffer) => boolean): ssh2.BaseAgent {
  const agent = ssh2.createAgent(socket)
  return new FilteredAgent(agent, wanted)
}

type Identities = Parameters<ssh2.BaseAgent['getIdentities']>[0]

class FilteredAgent extends ssh2.BaseAgent {
  readonly #agent: ssh2.BaseAgent
  readonly #wanted: (blob: Buffer) => boolean

  constructor(agent: ssh2.BaseAgent, wanted: (blob: Buffer) => boolean) {
    super()
    this.#agent = agent
    this.#wanted = wanted
  }

  override getIdentities(done: Identities): void {
    this.#agent.getIdentities((error, keys) => {
      if (error) done(error)
      else
        done(
          null,
          (keys ?? []).filter((key) => this.#wanted(blobOf(key))),
        )
    })
  }

  override sign(key: string | Buffer | ssh2.ParsedKey, data: Buffer, ...rest: unknown[]): void {
    const sign = this.#agent.sign.bind(this.#agent) as (...all: unknown[]) => void
    sign(key, data, ...rest)
  }
}

/** The library hands parsed keys to its own agents' callers. */
function blobOf(key: unknown): Buffer {
  return (key as ssh2.ParsedKey).getPublicSSH()
}
