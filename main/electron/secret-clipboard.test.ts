import { expect, it, vi } from 'vitest'
import { SECRET_MS, SecretClipboard } from './secret-clipboard.ts'

function desk() {
  vi.useFakeTimers()
  const clipboard = { text: '', readText: () => clipboard.text, clear: () => Object.assign(clipboard, { text: '' }) }
  const keeper = new SecretClipboard(clipboard, (ms, what) => {
    const timer = setTimeout(what, ms)
    return () => clearTimeout(timer)
  })
  return { clipboard, keeper }
}

it('clears a secret after half a minute, not before', async () => {
  const { clipboard, keeper } = desk()
  clipboard.text = 'canary'
  await keeper.copied()
  await vi.advanceTimersByTimeAsync(SECRET_MS - 1)
  expect(clipboard.text).toBe('canary')
  await vi.advanceTimersByTimeAsync(1)
  expect(clipboard.text).toBe('')
})

it('leaves what was copied after it', async () => {
  const { clipboard, keeper } = desk()
  clipboard.text = 'canary'
  await keeper.copied()
  clipboard.text = 'an address'
  await vi.advanceTimersByTimeAsync(SECRET_MS)
  expect(clipboard.text).toBe('an address')
})

it('counts anew for a second secret, and clears at once when the app ends', async () => {
  const { clipboard, keeper } = desk()
  clipboard.text = 'one'
  await keeper.copied()
  await vi.advanceTimersByTimeAsync(SECRET_MS - 1)
  clipboard.text = 'two'
  await keeper.copied()
  await vi.advanceTimersByTimeAsync(SECRET_MS - 1)
  expect(clipboard.text).toBe('two')
  await keeper.clear()
  expect(clipboard.text).toBe('')
})
