import { describe, expect, it } from 'vitest'
import { isOwnPage, mayOpenOutside, routeAddress } from './addresses.ts'

describe('a route that a message of the desktop tells of', () => {
  it('is opened on the own page, and nothing else ever is', () => {
    expect(routeAddress('#/now?alert=a-1')).toBe('app://headroom/#/now?alert=a-1')
    for (const href of ['https://evil.example/', 'javascript:alert(1)', '@evil.example/', ''])
      expect(routeAddress(href)).toBe('app://headroom/')
  })
})

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
