import { expect, it } from 'vitest'
import { linkPair } from '../../link/index.ts'
import { soundLink } from './messages.ts'

/** What of a message is heard, and whether its line was closed for it. */
async function heard(message: string | Uint8Array): Promise<{ passed: boolean; closed: boolean }> {
  const [near, far] = linkPair()
  const seen = { passed: false, closed: false }
  near.onClose(() => {
    seen.closed = true
  })
  const answered = new Promise<void>((done) => {
    soundLink(far, () => {}).onMessage(() => {
      seen.passed = true
      done()
    })
    near.onClose(done)
  })
  near.send(message)
  await answered
  return seen
}

it.each([
  '{"i":"1","p":{"u":"/app/info","b":{}}}',
  '{"i":"2","p":{"u":"/hosts/add","b":{"json":{"a":[null]},"meta":[[3,"a",0]]}}}',
  '{"i":"3","t":4}',
])('hears %s', async (message) => {
  expect(await heard(message)).toEqual({ passed: true, closed: false })
})

it.each([
  '{',
  'null',
  '[]',
  '{"i":"1"}',
  '{"i":{},"p":{"u":"/app/info"}}',
  '{"i":"1","t":3,"p":null}',
  '{"i":"1","p":{"u":"https://other.example/app/info"}}',
  '{"i":"1","p":{"u":"/app/__proto__/info"}}',
  '{"i":"1","p":{"u":"/app/info","h":{"content-type":"multipart/form-data"}}}',
  '{"i":"1","p":{"u":"/app/info","b":{"json":"(a+)+$","meta":[[5]]}}}',
  '{"i":"1","p":{"u":"/app/info","b":{"json":{},"meta":[[1,"__proto__","x"]]}}}',
  new TextEncoder().encode('{"i":"1","p":{"u":"/app/info","b":{}}}'),
])('does not hear %s, and ends the line', async (message) => {
  expect(await heard(message)).toEqual({ passed: false, closed: true })
})
