import { expect, test } from 'vitest'
import { compareK3s, evenServers, forbiddenMove, type K3sVersion, mayLose, parseK3sVersion } from './version.ts'

const version = (text: string) => parseK3sVersion(text) as K3sVersion

test('versions are told apart from what is none', () => {
  expect(version('v1.32.3-rc2+k3s1')).toMatchObject({ major: 1, minor: 32, patch: 3, candidate: 'rc2', build: 1 })
  for (const text of ['1.32.3+k3s1', 'v1.32.3', 'v1.32+k3s1', 'v1.32.3+rke2r1', 'v1.32.3+k3s1; rm'])
    expect(parseK3sVersion(text)).toBeNull()
})

test('versions in their order: candidates before releases, numbers by their value', () => {
  const order = [
    'v1.9.9+k3s1',
    'v1.32.3-rc1+k3s1',
    'v1.32.3-rc10+k3s1',
    'v1.32.3+k3s1',
    'v1.32.3+k3s2',
    'v1.32.10+k3s1',
    'v2.0.0+k3s1',
  ]
  expect([...order].reverse().sort((a, b) => compareK3s(version(a), version(b)))).toEqual(order)
})

test('a cluster goes up by one minor version at most, and never down', () => {
  expect(forbiddenMove(version('v1.32.3+k3s1'), version('v1.33.0+k3s1'))).toBeNull()
  expect(forbiddenMove(version('v1.32.3+k3s1'), version('v1.32.9+k3s1'))).toBeNull()
  expect(forbiddenMove(version('v1.32.3+k3s1'), version('v1.34.0+k3s1'))).toBe('skips')
  expect(forbiddenMove(version('v1.32.3+k3s1'), version('v1.32.2+k3s1'))).toBe('down')
})

test('how many servers may be lost, by the majority that etcd needs', () => {
  expect([1, 2, 3, 4, 5, 7].map(mayLose)).toEqual([0, 0, 1, 1, 2, 3])
  expect(evenServers(3)).toBeNull()
  expect(evenServers(4)).toBe(
    'The cluster gets 4 servers with etcd: that survives the loss of 1, as 3 would. Make it 5, which survives 2.',
  )
})
