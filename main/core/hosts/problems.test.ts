import { describe, expect, it } from 'vitest'
import { unreachable } from './problems.ts'

const failed = (address: string, code: string) =>
  unreachable({ address, port: 22 }, Object.assign(new Error(`getaddrinfo ${code} ${address}`), { code })).problem

describe('an address that is no name', () => {
  it.each([
    ['https://shop.example/', 'Write the host name alone, without "://" and what stands beside it.'],
    ['deploy@shop.example', 'Write only what stands behind the "@"; the user has a place of its own.'],
    ['[2001:db8::7]', 'Write the IPv6 address without the brackets.'],
    ['shpo.example', 'Check the spelling, or use its IP address.'],
  ])('%s: says what to write instead', (address, fix) => {
    expect(failed(address, 'ENOTFOUND')).toMatchObject({
      code: 'HOST_UNREACHABLE',
      fact: `No server has the name "${address}".`,
      fix,
      field: 'address',
    })
  })

  it('is cut in the message when it is as long as no name is', () => {
    const { fact, value } = failed('x'.repeat(300), 'EINVAL')
    expect(fact).toBe(`No server has the name "${'x'.repeat(77)}...".`)
    expect(value).toBe('x'.repeat(300))
  })
})
