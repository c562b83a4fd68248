import { expect, test } from 'vitest'
import { readSnapshots } from './etcd-snapshot.ts'

test('the table of k3s, with the location', () => {
  const printed = `time="2026-01-01T00:00:00Z" level=warning msg="Unknown flag --cluster-init found in config.yaml, skipping"
Name                     Location                                                                Size     Created
nightly-web1-1700000000  file:///var/lib/rancher/k3s/server/db/snapshots/nightly-web1-1700000000  2875424  2026-01-01T00:00:00Z
nightly-web1-1700000000  s3://backups/k3s/nightly-web1-1700000000                                 2875424  2026-01-01T00:00:01Z
`
  expect(readSnapshots(printed).map(({ location, size }) => [location?.slice(0, 4), size])).toEqual([
    ['file', 2875424],
    ['s3:/', 2875424],
  ])
})

test('the table of older releases for a bucket, and none at all', () => {
  expect(readSnapshots('Name Size Created\nnightly-1 12 2026-01-01T00:00:00Z\n')).toEqual([
    { name: 'nightly-1', location: null, size: 12, created: '2026-01-01T00:00:00Z' },
  ])
  expect(readSnapshots('')).toEqual([])
})
