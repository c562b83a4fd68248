import { pipeline, type Readable, type Writable } from 'node:stream'

/** Writes a command's standard input: the bytes, then the stream, no faster than they are taken. */
export function feed(to: Writable, bytes: Buffer | null, stream: Readable | undefined): void {
  if (stream === undefined) {
    to.end(bytes ?? undefined)
    return
  }
  if (bytes !== null) to.write(bytes)
  // A command that ends before its input does closes the stream: whoever fills it is told by its error.
  pipeline(stream, to, () => {})
}

/** Reads nothing more from a source until a sink is done with what it has; `refused` is told what the sink ends with. */
export function holdUntil(
  source: { pause(): unknown; resume(): unknown },
  done: void | Promise<void>,
  refused: (error: unknown) => void,
): void {
  if (!(done instanceof Promise)) return
  source.pause()
  done.catch(refused).finally(() => source.resume())
}
