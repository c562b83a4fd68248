// node test/faults/moves.mjs: moves a database by every strategy, with every fault in the middle of the copy, and names each
// that breaks a promise. --way stream,relay and --fault cut-link keep to some. It needs root (a small disk), openssh-server,
// postgresql, pgcopydb.
import { parseArgs } from 'node:util'
import { setUp } from '../../scripts/bootstrap.mjs'

setUp(import.meta.url)
const { FAULTS, WAYS } = await import('./move-faults.ts')
const { startMoveGround } = await import('./move-ground.ts')
const { playMove } = await import('./move-play.ts')
const { values } = parseArgs({ options: { way: { type: 'string' }, fault: { type: 'string' } } })
const chosen = (given, all) => {
  const names = given?.split(',') ?? Object.keys(all)
  const unknown = names.filter((name) => !(name in all))
  if (unknown.length === 0) return names
  process.stderr.write(`There is no ${unknown.join(', ')}. There are: ${Object.keys(all).join(', ')}.\n`)
  process.exit(2)
}
const ways = chosen(values.way, WAYS)
const faults = chosen(values.fault, FAULTS)
let ground = await startMoveGround()
let broken = 0
try {
  for (const way of ways)
    for (const fault of faults) {
      const outcome = await playMove(ground, way, fault).catch((error) => ({
        ...{ breaches: [error instanceof Error ? (error.stack ?? error.message) : String(error)], ms: 0, said: '' },
      }))
      // What it left stands in the way of the others.
      if (outcome.breaches.length > 0) {
        await ground.close()
        ground = await startMoveGround()
      }
      broken += outcome.breaches.length > 0 ? 1 : 0
      process.stdout.write(
        [
          `${outcome.breaches.length === 0 ? 'kept  ' : 'BROKEN'} ${way} ${fault} ${(outcome.ms / 1000).toFixed(1)} s  ${outcome.said}`,
          ...outcome.breaches.map((text) => `       ${text}`),
          '',
        ].join('\n'),
      )
    }
} finally {
  await ground.close()
}
process.stdout.write(`${ways.length * faults.length} moves: ${broken} broke a promise.\n`)
process.exit(broken === 0 ? 0 : 1)
