import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Quiet } from './quiet.ts'

let quiet: Quiet

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  quiet = new Quiet(() => performance.now())
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** Whether the quiet that was asked for has come. */
function coming() {
  const state = { came: false }
  void quiet.come().then(() => {
    state.came = true
  })
  return state
}

it('is there at once where nobody has asked', async () => {
  const wait = coming()
  await pass(0)
  expect(wait.came).toBe(true)
})

it('comes 200 ms after the last question, also one that was asked meanwhile', async () => {
  quiet.asked()
  const wait = coming()
  await pass(150)
  quiet.asked()
  await pass(150)
  expect(wait.came).toBe(false)
  await pass(50)
  expect(wait.came).toBe(true)
})

it('is not waited for without end where questions never do', async () => {
  quiet.asked()
  const wait = coming()
  for (let at = 0; at < 400; at += 50) {
    await pass(50)
    quiet.asked()
  }
  expect(wait.came).toBe(false)
  for (let at = 400; at < 600; at += 50) {
    await pass(50)
    quiet.asked()
  }
  expect(wait.came).toBe(true)
})
