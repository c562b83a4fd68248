// Makes what a release is published with, of a folder of packages: feed.json (what the app asks for), its signature and
// SHA256SUMS. The key is in HEADROOM_SIGNING_KEY, an Ed25519 private key as PEM; nothing is written without it.
// Usage: node scripts/package-feed.mjs FOLDER
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, stop } from './bootstrap.mjs'

const KINDS = [
  [/\.AppImage$/, 'linux', 'AppImage'],
  [/\.deb$/, 'linux', 'deb'],
  [/\.rpm$/, 'linux', 'rpm'],
  [/\.dmg$/, 'darwin', 'dmg'],
  [/\.exe$/, 'win32', 'exe'],
]
const HEADLESS = ['linux', 'darwin', 'win32'].flatMap((platform) =>
  ['x64', 'arm64'].map((arch) => ({ platform, arch })),
)

const folder = process.argv[2] ?? stop('Usage: node scripts/package-feed.mjs FOLDER')
const pem = process.env.HEADROOM_SIGNING_KEY
if (!pem) stop('HEADROOM_SIGNING_KEY is not set: a feed without a signature would be refused by every app.')
const key = createPrivateKey(pem)
if (key.asymmetricKeyType !== 'ed25519') stop(`HEADROOM_SIGNING_KEY is ${key.asymmetricKeyType}, not Ed25519.`)

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const names = readdirSync(folder)
  .filter((name) => !/^(feed\.json|SHA256SUMS)/.test(name))
  .sort()
const files = names.flatMap((name) => entriesOf(name))
if (files.length === 0) stop(`There are no packages in ${folder}.`)

const feed = Buffer.from(
  `${JSON.stringify({ format: 'headroom/feed@1', version, publishedAt: Date.now(), files }, null, 1)}\n`,
)
const signature = sign(null, feed, key)
if (!verify(null, feed, createPublicKey(key), signature)) stop('The signature does not verify.')
writeFileSync(join(folder, 'feed.json'), feed)
writeFileSync(join(folder, 'feed.json.sig'), `${signature.toString('base64')}\n`)
const sums = [...names, 'feed.json', 'feed.json.sig'].map((name) => `${digest(name, 'sha256')}  ${name}\n`)
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''))
process.stdout.write(`feed.json: version ${version}, ${files.map(({ name }) => name).join(', ')}\n`)

function entriesOf(name) {
  const file = { name, bytes: readFileSync(join(folder, name)).length, sha512: digest(name, 'sha512') }
  if (name.startsWith('headroom-headless-')) return HEADLESS.map((place) => ({ ...file, ...place, kind: 'headless' }))
  const [, platform, kind] = KINDS.find(([pattern]) => pattern.test(name)) ?? []
  if (kind === undefined) return []
  // Packagers name processors in their own ways: amd64 and x86_64 are x64, aarch64 is arm64.
  const arch = /universal/.test(name) ? 'universal' : /arm64|aarch64/.test(name) ? 'arm64' : 'x64'
  return [{ ...file, platform, arch, kind }]
}

function digest(name, algorithm) {
  return createHash(algorithm)
    .update(readFileSync(join(folder, name)))
    .digest('hex')
}
