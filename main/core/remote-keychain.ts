import type { FromCore } from '../link/index.ts'

/** The shell's keychain as the core sees it: each call is a request over the control channel. */
export class RemoteKeychain {
  readonly #post: (message: FromCore) => void
  readonly #waiting = new Map<number, { done(text: string): void; fail(error: Error): void }>()
  #lastId = 0

  constructor(post: (message: FromCore) => void) {
    this.#post = post
  }
  encrypt(plain: string): Promise<string> {
    return this.#ask('encrypt', plain)
  }
  decrypt(sealed: string): Promise<string> {
    return this.#ask('decrypt', sealed)
  }
  reply({ id, text, error }: { id: number; text: string | null; error: string | null }): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (text !== null) waiting?.done(text)
    else waiting?.fail(new Error(error ?? 'the keychain gave no answer'))
  }
  #ask(verb: 'encrypt' | 'decrypt', text: string): Promise<string> {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail })
      this.#post({ kind: 'keychain', id, verb, text })
    })
  }
}
