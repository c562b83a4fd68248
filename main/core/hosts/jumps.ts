import type { Client } from 'ssh2'
import { HeadroomError, problemOf } from '../../../shared/model/problem.ts'
import type { SshSettings } from './ssh-settings.ts'

/** How long a connection that the operator had to answer for is kept without a server behind it. */
const LINGER_MS = 10 * 60_000

interface Jump {
  client: Promise<Client>
  users: number
  /** True where its login asked the operator something. */
  answered: boolean
  end: NodeJS.Timeout | undefined
}

/** What a new connection to a jump host came to. */
export interface Arrived {
  client: Client
  answered: boolean
}

/** Kept connections to jump hosts, one for all servers behind the same hops. */
export class Jumps {
  readonly #jumps = new Map<string, Jump>()

  /**
   * The kept connection to the last of these hops, made by `connect` when it is not there. What is pushed to `release` gives
   * it back: it ends with its last user, and some time later where its login asked something, so that a server behind it that
   * asks too does not make the operator answer for the jump host again.
   * @throws what `connect` throws, with the jump host named in it
   */
  async use(hops: SshSettings[], connect: () => Promise<Arrived>, release: (() => void)[]): Promise<Client> {
    const key = hops.map((hop) => `${hop.user}@${hop.address}:${hop.port}`).join(' ')
    const used = this.#jumps.get(key) ?? this.#made(key, hops, connect)
    clearTimeout(used.end)
    used.users += 1
    let given = false
    release.push(() => {
      if (given) return
      given = true
      used.users -= 1
      if (used.users > 0) return
      if (!used.answered || this.#jumps.get(key) !== used) return this.#end(key, used)
      used.end = setTimeout(() => this.#end(key, used), LINGER_MS)
      used.end.unref()
    })
    return used.client
  }

  /** What is connected from here on goes over new connections; the ones there are end with their last user. */
  leave(): void {
    const all = [...this.#jumps]
    this.#jumps.clear()
    for (const [key, jump] of all) if (jump.users === 0) this.#end(key, jump)
  }

  #made(key: string, hops: SshSettings[], connect: () => Promise<Arrived>): Jump {
    const named = hops.at(-1) as SshSettings
    const arriving = connect().catch((error: unknown) => {
      throw ofJump(error, named)
    })
    const jump: Jump = { client: arriving.then(({ client }) => client), users: 0, answered: false, end: undefined }
    this.#jumps.set(key, jump)
    const forget = () => {
      clearTimeout(jump.end)
      if (this.#jumps.get(key) === jump) this.#jumps.delete(key)
    }
    arriving.then(
      ({ client, answered }) => {
        jump.answered = answered
        client.once('close', forget)
      },
      (error: unknown) => {
        forget()
        return error
      },
    )
    return jump
  }

  #end(key: string, jump: Jump): void {
    clearTimeout(jump.end)
    if (this.#jumps.get(key) === jump) this.#jumps.delete(key)
    jump.client.then(
      (client) => client.end(),
      () => {},
    )
  }
}

/** A jump host's problem, told with its name; the hop nearest to the operator names itself, and stays named. */
function ofJump(error: unknown, { alias }: SshSettings): HeadroomError {
  const problem = problemOf(error)
  if (problem.details?.jump !== undefined && error instanceof HeadroomError) return error
  return new HeadroomError(
    { ...problem, fact: `Jump host ${alias}: ${problem.fact}`, details: { ...problem.details, jump: alias } },
    { cause: error },
  )
}
