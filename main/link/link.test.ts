import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join as path } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Link } from '../../shared/contract/link.ts'
import { frame } from './frames.ts'
import {
  join,
  joinLocally,
  linkOverSocket,
  linkPair,
  listenLocally,
  Relay,
  type RelayMessage,
  socketPath,
} from './index.ts'

/** Collects what arrives until `count` messages are there. */
function take(link: Link, count: number): Promise<(string | Uint8Array)[]> {
  const got: (string | Uint8Array)[] = []
  return new Promise((done) => {
    if (count === 0) done(got)
    link.onMessage((message) => {
      got.push(message)
      if (got.length === count) done(got)
    })
  })
}

describe('relay', () => {
  function relayPair() {
    const opened: Link[] = []
    const wire: RelayMessage[] = []
    const far: Relay = new Relay(
      (message) => near.receive(message),
      (link) => opened.push(link),
    )
    const near: Relay = new Relay((message) => {
      wire.push(message)
      far.receive(message)
    })
    return { near, far, opened, wire }
  }

  it('keeps many links apart', async () => {
    const { near, opened } = relayPair()
    const [first, second] = [near.open(), near.open()]
    const atFirst = take(opened[0] as Link, 1)
    const atSecond = take(opened[1] as Link, 1)
    second.send('two')
    first.send(new Uint8Array([1]))
    expect(await atFirst).toEqual([new Uint8Array([1])])
    expect(await atSecond).toEqual(['two'])
  })

  it('closes both ends once, and carries nothing afterwards', () => {
    const { near, opened, wire } = relayPair()
    const link = near.open()
    let closed = 0
    opened[0]?.onClose(() => {
      closed += 1
    })
    link.close()
    link.close()
    link.send('late')
    expect(closed).toBe(1)
    expect(wire.map(({ kind }) => kind)).toEqual(['open', 'close'])
  })

  it('closes every link when the channel is gone', () => {
    const { near } = relayPair()
    const heard: number[] = []
    near.open().onClose(() => heard.push(1))
    near.open().onClose(() => heard.push(2))
    near.end()
    expect(heard).toEqual([1, 2])
  })

  it('ignores data for links it does not know', () => {
    const { far } = relayPair()
    expect(() => far.receive({ kind: 'data', id: 99, payload: 'x' })).not.toThrow()
  })
})

describe('two joined lines', () => {
  it('carry both ways and close together', async () => {
    const [outerLeft, innerLeft] = linkPair()
    const [innerRight, outerRight] = linkPair()
    join(innerLeft, innerRight)
    const right = take(outerRight, 1)
    const left = take(outerLeft, 1)
    outerLeft.send('there')
    outerRight.send('back')
    expect(await right).toEqual(['there'])
    expect(await left).toEqual(['back'])
    const closed = new Promise<void>((done) => outerRight.onClose(done))
    outerLeft.close()
    await closed
  })
})

describe('frames on a socket', () => {
  let server: Server
  let accepted: Promise<Link>
  let folder: string
  beforeEach(async () => {
    folder = mkdtempSync(path(tmpdir(), 'headroom-link-'))
    accepted = new Promise((done) => {
      server = createServer((socket) => done(linkOverSocket(socket)))
    })
    await new Promise<void>((done) => server.listen(path(folder, 's'), done))
  })
  afterEach(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('arrive whole and in order, however they are cut', async () => {
    const messages =
      fc.sample(
        fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.uint8Array({ maxLength: 400 })), {
          minLength: 40,
          maxLength: 60,
        }),
        { numRuns: 1, seed: 7 },
      )[0] ?? []
    const wellFormed = messages.map((message) => (typeof message === 'string' ? message.toWellFormed() : message))
    const socket = createConnection(path(folder, 's'))
    const got = take(await accepted, wellFormed.length)
    const bytes = Buffer.concat(wellFormed.map(frame))
    for (let at = 0; at < bytes.length; at += 7) socket.write(bytes.subarray(at, at + 7))
    expect(await got).toEqual(wellFormed)
    socket.destroy()
  })

  it('carry a message of many megabytes', async () => {
    const socket = createConnection(path(folder, 's'))
    const got = take(await accepted, 1)
    const big = new Uint8Array(20_000_000).fill(7)
    linkOverSocket(socket).send(big)
    expect(Buffer.compare((await got)[0] as Uint8Array, big)).toBe(0)
    socket.destroy()
  })

  it('end the line when a peer sends an absurd length', async () => {
    const socket = createConnection(path(folder, 's'))
    const link = await accepted
    link.onMessage(() => {})
    const closed = new Promise<void>((done) => link.onClose(done))
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0]))
    await closed
  })
})

describe('the socket in the workspace', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path(tmpdir(), 'headroom-local-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const echo = (link: Link) => link.onMessage((message) => link.send(message))

  it('lets the same user in and carries messages', async () => {
    const served = await listenLocally(folder, echo)
    const link = await joinLocally(folder)
    const got = take(link as Link, 1)
    link?.send('hello')
    expect(await got).toEqual(['hello'])
    await served.close()
  })

  it('is for this user alone: socket and token are private', async () => {
    const served = await listenLocally(folder, echo)
    expect(statSync(socketPath(folder)).mode & 0o077).toBe(0)
    expect(statSync(path(folder, 'core.token')).mode & 0o077).toBe(0)
    await served.close()
  })

  it('hangs up on a caller without the token', async () => {
    let served = 0
    const local = await listenLocally(folder, () => {
      served += 1
    })
    const token = readFileSync(path(folder, 'core.token'), 'utf8')
    for (const wrong of ['', 'x', token.slice(1), `${token}x`]) {
      const socket = createConnection(socketPath(folder))
      const closed = new Promise((done) => socket.once('close', done))
      linkOverSocket(socket).send(wrong)
      await closed
    }
    expect(served).toBe(0)
    await local.close()
  })

  it('is absent when no core runs, also when a dead one left its token', async () => {
    expect(await joinLocally(folder)).toBeNull()
    writeFileSync(path(folder, 'core.token'), 'stale')
    expect(await joinLocally(folder)).toBeNull()
  })

  it('works under a path that is too long for a socket', async () => {
    const deep = path(folder, 'a'.repeat(90))
    mkdirSync(deep)
    const served = await listenLocally(deep, echo)
    expect(Buffer.byteLength(socketPath(deep))).toBeLessThan(104)
    const link = await joinLocally(deep)
    expect(link).not.toBeNull()
    link?.close()
    await served.close()
  })
})
