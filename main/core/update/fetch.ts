import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { FeedFile } from '../../../shared/model/update.ts'
import { isPrivate } from './feed.ts'

const MOST_REDIRECTS = 5
const FEED_MOST_BYTES = 256 * 1024
const ANSWER_MS = 30_000
/** A package of 200 MB over a slow line. */
const DOWNLOAD_MS = 3_600_000

/**
 * A small file of the feed.
 * @throws UPDATE_UNREACHABLE, UPDATE_FEED_INVALID
 */
export async function fetchSmall(url: URL, stopped: AbortSignal): Promise<Buffer> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_MS)])
  try {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of body(await get(url, signal))) {
      bytes += chunk.length
      if (bytes > FEED_MOST_BYTES)
        throw new HeadroomError({
          code: 'UPDATE_FEED_INVALID',
          fact: `${url.pathname} of the update feed is larger than ${FEED_MOST_BYTES / 1024} KiB.`,
          fix: 'Fetch the new version by hand.',
        })
      chunks.push(Buffer.from(chunk))
    }
    return Buffer.concat(chunks)
  } catch (error) {
    throw unreachable(error, url)
  }
}

/**
 * Writes a file of a release to `path` and holds it against the size and digest that the signed feed states.
 * @throws UPDATE_UNREACHABLE, UPDATE_FILE_WRONG, UPDATE_NOT_WRITTEN
 */
export async function fetchFile(url: URL, file: FeedFile, path: string, stopped: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(DOWNLOAD_MS)])
  const hash = createHash('sha512')
  let bytes = 0
  async function* counted(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > file.bytes) throw wrong(file, 'is longer than')
      hash.update(chunk)
      yield chunk
    }
  }
  try {
    const answer = body(await get(url, signal))
    await pipeline(answer, counted, createWriteStream(path, { mode: 0o600 }), { signal })
  } catch (error) {
    throw unreachable(error, url)
  }
  if (bytes !== file.bytes) throw wrong(file, 'is shorter than')
  if (hash.digest('hex') !== file.sha512) throw wrong(file, 'differs from')
}

async function get(from: URL, signal: AbortSignal): Promise<Response> {
  let url = from
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    // No version, no name, no cookie: only that a Headroom asks.
    const answer = await fetch(url, { redirect: 'manual', signal, headers: { 'user-agent': 'Headroom' } })
    if (answer.status === 200) return answer
    await answer.body?.cancel()
    const location = answer.headers.get('location')
    if (answer.status < 300 || answer.status >= 400 || location === null) throw new Error(`HTTP ${answer.status}`)
    url = new URL(location, url)
    if (!isPrivate(url)) throw new Error(`it points to ${url.origin}, which is not https`)
  }
  throw new Error('it points on and on')
}

function body(answer: Response): Readable {
  return Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0])
}

function wrong(file: FeedFile, how: string): HeadroomError {
  return new HeadroomError({
    code: 'UPDATE_FILE_WRONG',
    fact: `What came as ${file.name} ${how} what the signed feed states.`,
    fix: 'It was deleted and nothing was installed. Try again later, or on another network.',
    value: file.name,
  })
}

function unreachable(error: unknown, url: URL): HeadroomError {
  if (error instanceof HeadroomError) return error
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall === 'open' || syscall === 'write')
    return new HeadroomError(
      {
        code: 'UPDATE_NOT_WRITTEN',
        fact: `The new version cannot be written (${code}).`,
        fix: 'Make room, or make the folder writable, and try again.',
      },
      { cause: error },
    )
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new HeadroomError(
    {
      code: 'UPDATE_UNREACHABLE',
      fact: `The update feed at ${url.host} did not answer: ${(cause as { code?: string }).code ?? (cause instanceof Error ? cause.message : String(cause))}.`,
      fix: 'Nothing is wrong with this version. Headroom asks again tomorrow; you can ask again now.',
      value: url.host,
    },
    { cause: error },
  )
}
