import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ClusterGround, openClusterGround } from '../../../../../test/faults/cluster-ground.ts'
import { type ClusterCase, playCluster } from '../../../../../test/faults/cluster-play.ts'
import { swarmCases } from '../../../../../test/faults/swarm-cases.ts'
import { type Lab, startLab } from '../../../../../test/lab/index.ts'

let lab: Lab
let ground: ClusterGround
let cases: Record<string, ClusterCase>

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  ground = await openClusterGround(lab)
  cases = await swarmCases(lab, ground, 2)
}, 180_000)
afterAll(async () => {
  await ground?.close()
  await lab?.stop()
}, 60_000)

/** Those that cost least; `node test/faults/clusters.mjs` disturbs everything at every call that changes something. */
it.each([
  ['join-worker', 'kill-late', 'before', 'curl'],
  ['scale', 'cut-link', 'after', 'docker service scale'],
] as const)(
  '%s and %s, %s "%s": told as it is, and resumed it ends as an undisturbed one',
  async (name, fault, moment, call) => {
    const { breaches } = await playCluster(ground, cases[name] as ClusterCase, { fault, moment, call })
    expect(breaches).toEqual([])
  },
  180_000,
)
