import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linkOfRoute, PLACES, routeOfLink } from './address.ts'

describe('a link from outside', () => {
  it.each(PLACES)('headroom://%s opens its place', (place) => {
    expect(routeOfLink(`headroom://${place}`)).toBe(`#/${place}`)
    expect(routeOfLink(`HEADROOM:///${place}/`)).toBe(`#/${place}`)
  })
  it('opens objects, and says what to show', () => {
    expect(routeOfLink('headroom://servers/a%2Fb?metric=load1&range=h6')).toBe('#/servers/a%2Fb?metric=load1&range=h6')
    expect(routeOfLink('headroom://runs/42')).toBe('#/runs/42')
    expect(routeOfLink('headroom://prices?price=hetzner%20server')).toBe('#/prices?price=hetzner%20server')
  })
  it('never fills a form in', () => {
    expect(routeOfLink('headroom://playbooks/move?host=web&command=rm&add=ssh')).toBe('#/playbooks/move')
  })
  it.each([
    '',
    'headroom:',
    'headroom://',
    'headroom:now',
    'headroom://nowhere',
    'headroom://runs',
    'headroom://servers/../settings',
    'headroom://servers/..',
    'headroom://servers/%00',
    'headroom://servers/%0a',
    'headroom://servers/%E0%A4%A',
    'headroom://servers/a b',
    'headroom://servers/<img>',
    'headroom://user@servers/x/y',
    'headroom://servers:80/x',
    'headroom://now?a=1?b=2',
    'headroom://now#/settings',
    'javascript:alert(1)',
    'https://headroom/now',
    ' headroom://now',
    'headroom://evil.example/now',
    `headroom://servers/${'a'.repeat(3000)}`,
  ])('%j is none', (link) => {
    expect(routeOfLink(link)).toBeNull()
  })
  it('is made of a route and comes back as it', () => {
    const id = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((text) => !/\p{Cc}/u.test(text) && !/^\.\.?$/.test(text))
    fc.assert(
      fc.property(fc.constantFrom(...PLACES), id, (place, text) => {
        const route = `#/${place}/${encodeURIComponent(text)}`
        expect(routeOfLink(linkOfRoute(route) ?? '')).toBe(route)
      }),
    )
    expect(linkOfRoute('')).toBe('headroom://now')
    expect(linkOfRoute('#/nowhere')).toBeNull()
  })
})
