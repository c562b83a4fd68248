import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BLUEPRINT_OF, type Expected, readDigest } from './coverage.ts'
import { unitsOf } from './units.ts'

/**
 * Derives the digests in test/fixtures/documents from the documents in the folder given. What a unit is found by stays as
 * long as its wording does; a new one is written without a place, which the test then asks for.
 *
 *   node test/documents/write-digest.ts FOLDER
 */
const [folder] = process.argv.slice(2)
if (folder === undefined || !existsSync(folder)) {
  console.error('Name the folder of the source documents.')
  process.exit(1)
}
for (const name of Object.keys(BLUEPRINT_OF)) {
  const file = join(import.meta.dirname, '../fixtures/documents', `${name}.jsonl`)
  const known = existsSync(file) ? readDigest(readFileSync(file, 'utf8')) : []
  const units = unitsOf(readFileSync(join(folder, `${name}.md`), 'utf8')).map((unit): Expected => {
    // The same words may stand twice ("Cost: $0"): each takes its own entry, in order.
    const at = known.findIndex((one) => one.hash === unit.hash)
    const [old] = at < 0 ? [] : known.splice(at, 1)
    return { ...unit, in: old?.in ?? [], ...(old?.aside ? { aside: old.aside } : {}) }
  })
  writeFileSync(file, units.map((unit) => `${JSON.stringify(unit)}\n`).join(''))
  const open = units.filter((unit) => unit.in.length === 0 && !unit.aside)
  console.log(`${name}: ${units.length} units, ${open.length} without a place, ${known.length} gone`)
}
