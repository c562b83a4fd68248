import { expect, it } from 'vitest'
import { hostAddress, networkAddress } from './host-address.ts'

const ssh = { kind: 'ssh', address: 'db1', port: 2222, user: 'deploy', authKind: 'key' } as const
const named = { ...ssh, port: null, user: null, authKind: 'config' } as const
const route = { user: 'app', address: 'fd00::3', port: 22, through: ['bastion'], by: [] }

it('says where a server is, and how a name of the SSH configuration was reached', () => {
  expect(hostAddress(ssh)).toBe('deploy@db1:2222')
  expect(hostAddress({ ...ssh, address: '::1', port: null })).toBe('deploy@[::1]:22')
  expect(hostAddress(named)).toBe('db1')
  expect(hostAddress({ ...named, route })).toBe('app@[fd00::3]:22')
  expect(hostAddress({ ...ssh, kind: 'local' })).toBeNull()
  expect([networkAddress(ssh), networkAddress(named), networkAddress({ ...named, route })]).toEqual([
    'db1',
    'db1',
    'fd00::3',
  ])
  expect(networkAddress({ ...ssh, kind: 'local' })).toBe('127.0.0.1')
})
