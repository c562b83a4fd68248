import { HeadroomError } from '../../../../shared/model/problem.ts'

const BLOCK = 512

/** An entry of an archive: a regular file, whole. */
export interface TarEntry {
  name: string
  body: Buffer
}

/** What an archive may hold at most; what exceeds it is refused before it is kept. */
export interface TarLimits {
  entryBytes: number
  entries: number
  totalBytes: number
}

/** The two empty blocks that end an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK)

/**
 * One regular file as ustar (POSIX.1-1988), mode 0600, of nobody, of the epoch: nothing in it tells of the computer or the time.
 * Throws EXPORT_NAME_TOO_LONG where the format has no room for the name.
 */
export function tarEntry(name: string, body: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK)
  const { prefix, rest } = splitName(name)
  header.write(rest, 0, 100, 'utf8')
  header.write('0000600\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\0', 257)
  header.write('00', 263)
  header.write(prefix, 345, 155, 'utf8')
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, body, Buffer.alloc(padding(body.length))])
}

function splitName(name: string): { prefix: string; rest: string } {
  if (Buffer.byteLength(name) <= 100) return { prefix: '', rest: name }
  for (let at = name.indexOf('/'); at > 0; at = name.indexOf('/', at + 1)) {
    const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)]
    if (Buffer.byteLength(rest) <= 100 && Buffer.byteLength(prefix) <= 155) return { prefix, rest }
  }
  throw new HeadroomError({
    code: 'EXPORT_NAME_TOO_LONG',
    fact: `The name ${name} is too long for an export: 100 bytes are the most for the name of a file.`,
    fix: 'Give the file a shorter name, then export again.',
    value: name,
  })
}

/**
 * Reads regular files from the bytes of an archive, one at a time, holding no more than one. Links, folders, devices and every
 * extension are refused, not followed. Throws EXPORT_UNREADABLE, EXPORT_TOO_LARGE.
 */
export async function* readTar(chunks: AsyncIterable<Buffer>, limits: TarLimits): AsyncGenerator<TarEntry> {
  const source = new Bytes(chunks, limits.totalBytes)
  for (let count = 0; ; count += 1) {
    const header = await source.take(BLOCK)
    if (header === null) throw unreadable('it ends before its end is marked')
    if (header.every((byte) => byte === 0)) {
      // Drained, so that a cut or broken compressed stream is noticed here and not taken for the end.
      await source.drain()
      return
    }
    if (count >= limits.entries) throw tooLarge(`more than ${limits.entries} parts`)
    const entry = described(header)
    if (entry.size > limits.entryBytes) throw tooLarge(`the part ${entry.name} with ${entry.size} bytes`)
    const body = await source.take(entry.size)
    const rest = await source.take(padding(entry.size))
    if (body === null || rest === null) throw unreadable(`it ends within the part ${entry.name}`)
    yield { name: entry.name, body }
  }
}

function described(header: Buffer): { name: string; size: number } {
  const stated = Number.parseInt(text(header, 148, 8).trim(), 8)
  const blank = Buffer.from(header)
  blank.write('        ', 148)
  if (stated !== checksum(blank)) throw unreadable('the head of a part is damaged')
  const prefix = text(header, 345, 155)
  const name = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`
  const kind = text(header, 156, 1)
  if (kind !== '0' && kind !== '') throw unreadable(`the part ${name} is no regular file`)
  const size = text(header, 124, 12).trim()
  if (!/^[0-7]+$/.test(size)) throw unreadable(`the size of the part ${name} is no number`)
  return { name, size: Number.parseInt(size, 8) }
}

const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK
const checksum = (header: Buffer) => header.reduce((sum, byte) => sum + byte, 0)

function text(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString('utf8')
}

/** A stream of chunks, taken by the byte. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #limit: number
  #held: Buffer[] = []
  #size = 0
  #total = 0

  constructor(chunks: AsyncIterable<Buffer>, limit: number) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#limit = limit
  }

  /** Exactly so many bytes, or null where the stream has no more. */
  async take(wanted: number): Promise<Buffer | null> {
    while (this.#size < wanted) if (!(await this.#more())) return null
    const all = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held)
    this.#held = [all.subarray(wanted)]
    this.#size = all.length - wanted
    return all.subarray(0, wanted)
  }

  async drain(): Promise<void> {
    do {
      this.#held = []
      this.#size = 0
    } while (await this.#more())
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done === true) return false
    this.#total += value.length
    if (this.#total > this.#limit) throw tooLarge(`more than ${this.#limit} bytes when unpacked`)
    this.#held.push(value)
    this.#size += value.length
    return true
  }
}

export function unreadable(why: string, cause?: unknown): HeadroomError {
  return new HeadroomError(
    {
      code: 'EXPORT_UNREADABLE',
      fact: `This is no whole export of a Headroom workspace: ${why}.`,
      fix: 'Copy the file again from where it was exported, or export it again. Nothing was changed.',
      field: 'file',
    },
    { cause },
  )
}

export function tooLarge(what: string): HeadroomError {
  return new HeadroomError({
    code: 'EXPORT_TOO_LARGE',
    fact: `The export holds ${what}, which is more than can be imported here.`,
    fix: 'Check where the file comes from. Where it is your own, free some room on the disk. Nothing was changed.',
    field: 'file',
  })
}
