// npm run bench: measures what the project claims about its speed, each against its peer in one process.
// `npm run bench -- NAME...` runs those named. How a bench is written: test/bench/README.md.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, setUp, stop } from './bootstrap.mjs'

setUp(import.meta.url)
const folder = join(root, 'test', 'bench')
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !/^bench\.ts$|-model\.ts$|\.test\.ts$/.test(file))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort()
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) stop(`There is no bench ${unknown.join(', ')}. There are: ${known.join(', ')}.`)

let failed = 0
const rows = [['BENCH', 'CLAIM', 'OURS', 'PEER', 'RESULT', 'TARGET', '']]
for (const name of asked.length > 0 ? asked : known) {
  process.stderr.write(`${name}\n`)
  const { default: make } = await import(pathToFileURL(join(folder, `${name}.ts`)).href)
  const bench = await make()
  try {
    for (const fault of (await bench.check?.()) ?? []) {
      failed += 1
      process.stdout.write(`${name}: wrong result: ${fault}\n`)
    }
    for (const claim of bench.claims) {
      const { ours, peer, result, passed } = await measure(claim)
      if (!passed) failed += 1
      rows.push([
        name,
        claim.name,
        amount(ours, claim),
        peer === null ? '' : `${amount(peer, claim)} ${claim.peer.name}`,
        peer === null ? amount(result, claim) : `${result.toFixed(2)}x`,
        `<= ${peer === null ? amount(claim.atMost, claim) : `${claim.atMost}x`}`,
        passed ? 'PASS' : 'FAIL',
      ])
    }
  } finally {
    await bench.close?.()
  }
}
print(rows)
process.exitCode = failed === 0 ? 0 : 1

/** Ours and the peer in turn, so that whatever else the machine does falls on both. */
async function measure({ ours, peer, atMost, rounds = 15, warmUp = 3 }) {
  const times = { ours: [], peer: [] }
  for (let round = -warmUp; round < rounds; round += 1) {
    const mine = await ours()
    const theirs = peer ? await peer.round() : 0
    if (round < 0) continue
    times.ours.push(mine)
    times.peer.push(theirs)
  }
  const mine = median(times.ours)
  const theirs = peer ? median(times.peer) : null
  const result = theirs === null ? mine : mine / theirs
  return { ours: mine, peer: theirs, result, passed: result <= atMost }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function amount(value, { unit = 'ms' }) {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ${unit}`
}

function print(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)))
  for (const row of table) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
}
