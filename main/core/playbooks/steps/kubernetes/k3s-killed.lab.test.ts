import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ClusterGround, openClusterGround } from '../../../../../test/faults/cluster-ground.ts'
import { type ClusterCase, playCluster } from '../../../../../test/faults/cluster-play.ts'
import { k3sCases } from '../../../../../test/faults/k3s-cases.ts'
import { type Lab, startLab } from '../../../../../test/lab/index.ts'

let lab: Lab
let ground: ClusterGround
let cases: Record<string, ClusterCase>

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  ground = await openClusterGround(lab)
  cases = await k3sCases(lab, ground)
}, 60_000)
afterAll(async () => {
  await ground?.close()
  await lab?.stop()
}, 60_000)

/** Those that matter most; `node test/faults/clusters.mjs` disturbs everything at every call that changes something. */
it.each([
  ['server', 'kill-core', 'before', 'install-k3s.sh'],
  ['etcd', 'kill-core', 'after', 'systemctl restart'],
  // The restart of the killed program comes while the resumed one's k3s moves: it is moved again.
  ['etcd', 'kill-late', 'before', 'systemctl restart'],
] as const)(
  '%s and %s, %s "%s": told as it is, and resumed it ends as an undisturbed one',
  async (name, fault, moment, call) => {
    const { breaches } = await playCluster(ground, cases[name] as ClusterCase, { fault, moment, call })
    expect(breaches).toEqual([])
  },
  180_000,
)
