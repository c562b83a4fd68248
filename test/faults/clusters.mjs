// node test/faults/clusters.mjs: does what is done with a swarm, disturbs it at every call that changes something, and names
// each that breaks a promise. --case leave,drain, --fault kill-core and --moment before keep to some. It needs root,
// openssh-server, docker.
import { parseArgs } from 'node:util'
import { setUp } from '../../scripts/bootstrap.mjs'

setUp(import.meta.url)
const { startLab } = await import('../lab/index.ts')
const { NoSuchCall, openClusterGround } = await import('./cluster-ground.ts')
const { CLUSTER_FAULTS, callsOf, MOMENTS, playCluster } = await import('./cluster-play.ts')
const { swarmCases } = await import('./swarm-cases.ts')
const { k3sCases } = await import('./k3s-cases.ts')
const { values } = parseArgs({
  options: { on: { type: 'string' }, case: { type: 'string' }, fault: { type: 'string' }, moment: { type: 'string' } },
})
const chosen = (given, all) => {
  const names = given?.split(',') ?? all
  const unknown = names.filter((name) => !all.includes(name))
  if (unknown.length === 0) return names
  process.stderr.write(`There is no ${unknown.join(', ')}. There are: ${all.join(', ')}.\n`)
  process.exit(2)
}
const faults = chosen(values.fault, CLUSTER_FAULTS)
const moments = chosen(values.moment, MOMENTS)
const kinds = { swarm: swarmCases, k3s: k3sCases }
let [played, broken] = [0, 0]
for (const kind of chosen(values.on, Object.keys(kinds))) {
  const begun = async () => {
    const lab = await startLab({ servers: 0 })
    const ground = await openClusterGround(lab)
    return { lab, ground, cases: await kinds[kind](lab, ground) }
  }
  let { lab, ground, cases } = await begun()
  const ended = async () => {
    await ground.close()
    await lab.stop()
  }
  try {
    for (const name of chosen(values.case, Object.keys(cases))) {
      const calls = await callsOf(ground, cases[name]).catch((error) => {
        process.stdout.write(`BROKEN ${kind} ${name}: ${error.stack ?? error}\n`)
        broken++
        return []
      })
      for (const call of calls)
        for (const moment of moments)
          for (const fault of faults) {
            const outcome = await playCluster(ground, cases[name], { fault, moment, call }).catch((error) => ({
              ...{ breaches: [error.stack ?? String(error)], ms: 0, said: '' },
              none: moment === 'next' && error instanceof NoSuchCall,
            }))
            ground.watch.letGo()
            // Nothing is asked after the last change.
            if (outcome.none) continue
            // What it left stands in the way of the others.
            if (outcome.breaches.length > 0) {
              await ended()
              ;({ lab, ground, cases } = await begun())
            }
            played++
            broken += outcome.breaches.length > 0 ? 1 : 0
            process.stdout.write(
              [
                `${outcome.breaches.length === 0 ? 'kept  ' : 'BROKEN'} ${name}: ${fault} ${moment} ${call}  ${(outcome.ms / 1000).toFixed(1)} s  ${outcome.said}`,
                ...outcome.breaches.map((text) => `       ${text}`),
                '',
              ].join('\n'),
            )
          }
    }
  } finally {
    await ended()
  }
}
process.stdout.write(`${played} runs: ${broken} broke a promise.\n`)
process.exit(broken === 0 ? 0 : 1)
