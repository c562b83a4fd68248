import type { ChildProcessByStdio } from 'node:child_process'
import { Duplex, type Readable, type Writable } from 'node:stream'

/**
 * A program's standard input and output as one stream. It ends only once the program has, since only then is it known whether
 * its output was whole: `failureOf` gives the error for an exit status, or null.
 */
export class ProgramStream extends Duplex {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>

  constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    failureOf: (exitCode: number | null) => Error | null,
  ) {
    super({ allowHalfOpen: false })
    this.#child = child
    // Whoever reads is told; a stream that nobody reads any more must not end the process with what it was closed for.
    this.on('error', () => {})
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause()
    })
    // A program that has ended closes the pipe; its exit status tells more.
    child.stdin.on('error', () => {})
    child.on('error', (error) => this.destroy(error))
    child.on('close', (exitCode) => {
      if (this.destroyed) return
      const failure = failureOf(exitCode)
      if (failure === null) this.push(null)
      else this.destroy(failure)
    })
  }

  override _read(): void {
    this.#child.stdout.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#child.stdin.write(chunk)) done()
    else this.#child.stdin.once('drain', done).once('close', done)
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill('SIGTERM')
    done(error)
  }
}
