import { expect, test } from 'vitest'
import { isSame, type KubeObject, objectsOf, returning, shownObject } from './objects.ts'

const deployment = (spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: '1', resourceVersion: '7', ...metadata },
  spec,
  status: { replicas: 2 },
})

test('a manifest without a namespace is the same object as the one in the cluster; another namespace is another', () => {
  const live = deployment({})
  expect(isSame(live, { ...live, metadata: { name: 'web' } })).toBe(true)
  expect(isSame(live, { ...live, metadata: { name: 'web', namespace: 'other' } })).toBe(false)
  expect(isSame(live, { ...live, apiVersion: 'apps/v1beta1' })).toBe(true)
  expect(isSame(live, { ...live, apiVersion: 'v1' })).toBe(false)
  const shop: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
  expect(isSame(shop, { ...shop, metadata: { name: 'shop', namespace: 'shop' } })).toBe(true)
})

test('what is applied to go back: parts that the manifest sets or that changed, nothing else', () => {
  const old = deployment({
    replicas: 2,
    paused: false,
    template: {
      spec: {
        dnsPolicy: 'ClusterFirst',
        containers: [
          {
            name: 'web',
            image: 'shop:1',
            imagePullPolicy: 'Always',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
          },
          { name: 'side', image: 'side:1' },
        ],
      },
    },
  })
  const manifest = deployment({
    template: { spec: { containers: [{ name: 'web', image: 'shop:2', env: [{ name: 'C', value: '3' }] }] } },
  })
  const after = deployment({
    replicas: 2,
    paused: false,
    template: {
      spec: {
        dnsPolicy: 'ClusterFirst',
        containers: [
          {
            name: 'web',
            image: 'shop:2',
            imagePullPolicy: 'Always',
            env: [
              { name: 'A', value: '1' },
              { name: 'C', value: '3' },
            ],
          },
          { name: 'side', image: 'side:1' },
        ],
      },
    },
  })
  expect(returning(old, manifest, after)).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { template: { spec: { containers: [{ name: 'web', image: 'shop:1', env: [{ name: 'B', value: '2' }] }] } } },
  })
})

test('values of a Secret are never shown; one that changes says so', () => {
  const secret = (value: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys' },
    data: { a: value, b: 'eA==' },
  })
  const shown = shownObject(secret('c2VjcmV0'), secret('b2xk'))
  expect(shown).toContain('a: ‹hidden, changed›')
  expect(shown).toContain('b: ‹hidden›')
  expect(shown).not.toContain('c2VjcmV0')
})

test.each([
  ['a: [', 'cannot be read'],
  ['- a', 'no apiVersion'],
  ['apiVersion: v1\nkind: Pod', 'Pod has no metadata.name'],
  ['---\n---\n', 'holds no object'],
])('a file that is no manifest is refused: %j', (text, why) => {
  expect(() => objectsOf(text, 'text')).toThrowError(
    expect.objectContaining({
      problem: expect.objectContaining({ code: 'MANIFEST_INVALID', field: 'text', fact: expect.stringContaining(why) }),
    }),
  )
})
