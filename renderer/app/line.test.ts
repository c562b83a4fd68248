import { createORPCClient } from '@orpc/client'
import { os, type RouterClient } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { expect, test } from 'vitest'
import type { Link } from '../../shared/contract/link.ts'
import { problemFrom } from './core.tsx'
import { CoreLine } from './line.ts'

const never = new Promise<string>(() => {})
const router = {
  say: os.handler(() => 'here'),
  hang: os.handler(() => never),
}

/** A core at the other end of a message channel, and a way to let it die. */
function core(): { link: Link; die(): void } {
  const { port1, port2 } = new MessageChannel()
  const closers: (() => void)[] = []
  new RPCHandler(router).upgrade(port2)
  port2.start()
  const die = () => {
    port1.close()
    port2.close()
    for (const closer of closers.splice(0)) closer()
  }
  return {
    die,
    link: {
      send: (message) => port1.postMessage(message),
      onMessage: (listener) => {
        port1.addEventListener('message', (event) => listener(event.data))
        port1.start()
      },
      onClose: (listener) => void closers.push(listener),
      close: die,
    },
  }
}

function opened(line: CoreLine, state: CoreLine['state']): Promise<void> {
  if (line.state === state) return Promise.resolve()
  return new Promise((resolve) => {
    const stop = line.subscribe(() => {
      if (line.state !== state) return
      stop()
      resolve()
    })
  })
}

test('a call made before the line is open waits for it', async () => {
  const one = core()
  const line = new CoreLine(async () => one.link)
  const client: RouterClient<typeof router> = createORPCClient(line)
  const answer = client.say()
  expect(line.state).toBe('connecting')
  line.start()
  expect(await answer).toBe('here')
  expect(line.state).toBe('open')
})

test('when the core dies, what was under way fails as CORE_GONE and what comes next reaches its successor', async () => {
  const cores = [core(), core()]
  let count = 0
  const line = new CoreLine(async () => (cores[count++] as ReturnType<typeof core>).link)
  const client: RouterClient<typeof router> = createORPCClient(line)
  line.start()
  await client.say()
  const first = line.generation
  const lost = client.hang().catch((error: unknown) => problemFrom(error))
  await client.say()
  cores[0]?.die()
  expect(await lost).toMatchObject({ code: 'CORE_GONE' })
  await opened(line, 'open')
  expect(await client.say()).toBe('here')
  expect(line.generation).toBeGreaterThan(first)
})

test('a core that cannot be reached shows as gone until it can', async () => {
  const one = core()
  let refusals = 2
  const line = new CoreLine(async () => {
    if (refusals-- > 0) throw new Error('refused')
    return one.link
  })
  const states: string[] = []
  line.subscribe(() => states.push(line.state))
  line.start()
  await opened(line, 'open')
  expect(states).toEqual(['gone', 'open'])
})
