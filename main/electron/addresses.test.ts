import { describe, expect, it } from 'vitest'
import { isOwnPage, mayOpenOutside } from './addresses.ts'

describe('the page of the window', () => {
  it.each(['app://headroom/', 'app://headroom/index.html#/servers'])('is %s', (address) => {
    expect(isOwnPage(address)).toBe(true)
  })
  it.each([
    'app://headroom.evil.example/',
    'app://evil/headroom/',
    'app://user@headroom/',
    'app://headroom:81/',
    'https://headroom/',
    'file:///etc/passwd',
    'about:blank',
    'data:text/html,app://headroom/',
    'not an address',
  ])('is not %s', (address) => {
    expect(isOwnPage(address)).toBe(false)
  })
})

describe('links to the outside', () => {
  it('go to listed https origins', () => {
    expect(mayOpenOutside('https://www.hetzner.com/cloud')).toBe(true)
  })
  it.each([
    'http://www.hetzner.com/',
    'https://www.hetzner.com.evil.example/',
    'https://evil.example/?https://www.hetzner.com',
    'https://www.hetzner.com@evil.example/',
    'https://user:word@www.hetzner.com/',
    'https://www.hetzner.com:8443/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://www.hetzner.com/',
    '',
  ])('never to %s', (address) => {
    expect(mayOpenOutside(address)).toBe(false)
  })
})
