// Writes the licence text of every package that is bundled into the app; ends with 1 where one may not be shipped so.
// What is bundled is read from what the bundlers read. Usage: node scripts/package-licences.mjs FILE
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, setUp, stop } from './bootstrap.mjs'
import { build } from './build.mjs'

const MAY_SHIP = new Set(
  'MIT MIT-0 ISC 0BSD BSD-2-Clause BSD-3-Clause Apache-2.0 Unlicense CC0-1.0 OFL-1.1 Zlib BlueOak-1.0.0'.split(' '),
)

setUp(import.meta.url)
const file = process.argv[2] ?? stop('Usage: node scripts/package-licences.mjs FILE')
await build()
const modules = [...(await rendererModules()), ...mainModules()]
const names = new Set(['better-sqlite3', ...modules.flatMap((path) => packageOf(path))])
const refused = []
const parts = [...names].sort().map((name) => {
  const folder = join(root, 'node_modules', name)
  const { version, license: stated, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const text = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
  const words =
    text === undefined ? 'The package brings no text of its licence.' : readFileSync(join(folder, text), 'utf8')
  // Older packages state a list, or nothing but the text.
  const license =
    stated ??
    licenses?.[0]?.type ??
    (/\bMIT Licen[cs]e\b|Permission is hereby granted, free of charge/.test(words) ? 'MIT' : 'none')
  const choices = String(license).replace(/[()]/g, '').split(' OR ')
  if (!choices.some((choice) => choice.split(' AND ').every((one) => MAY_SHIP.has(one))))
    refused.push(`${name} ${version}: ${license}`)
  return `${name} ${version} (${license})\n\n${words.trim()}\n`
})
writeFileSync(file, parts.join(`\n${'-'.repeat(80)}\n\n`))
process.stdout.write(`${file}: ${parts.length} packages\n`)
if (refused.length > 0) stop(`These may not be shipped so: ${refused.join('; ')}.`)

async function rendererModules() {
  const { build: viteBuild } = await import('vite')
  const { output } = await viteBuild({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { write: false },
  })
  return output.flatMap(({ moduleIds }) => moduleIds ?? [])
}

function mainModules() {
  const folder = join(root, 'dist', 'main')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.map'))
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).sources)
}

/** The package that a module's path lies in, the innermost one; a package within another counts as its own where it is. */
function packageOf(path) {
  const name = path.replaceAll('\\', '/').match(/node_modules\/((?:@[^/]+\/)?[^/?]+)\/(?!.*node_modules\/)/)?.[1]
  return name !== undefined && existsSync(join(root, 'node_modules', name, 'package.json')) ? [name] : []
}
