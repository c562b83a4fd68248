// What says whom to trust and where to go: known_hosts, ssh_config, addresses and links.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { namesServer, parseKnownHosts } from '../../../main/core/hosts/known-hosts.ts'
import { configuredNames } from '../../../main/core/hosts/suggestions.ts'
import { isOwnPage, mayOpenOutside, routeAddress } from '../../../main/electron/addresses.ts'
import { rendererFile } from '../../../main/launch/index.ts'
import { parseRoute } from '../../../renderer/app/route.ts'
import { rangeOf, rangeText, stretchOf } from '../../../renderer/places/servers/range/range.ts'
import { type FuzzTarget, holds } from '../target.ts'

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ6iHm8Uqf0cV0a2xLwqV2c1yC9tF2Rk5m0ZzG9nq3bF'
const folder = mkdtempSync(join(tmpdir(), 'headroom-fuzz-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

export const trustTargets: FuzzTarget[] = [
  {
    name: 'known_hosts',
    seeds: [
      `web.example,192.0.2.7 ssh-ed25519 ${KEY} a comment\n[db.example]:2222 ssh-ed25519 ${KEY}\n`,
      `@revoked *.example ssh-ed25519 ${KEY}\n@cert-authority *.example,!bad.example ssh-ed25519 ${KEY}\n`,
      `|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 ${KEY}\n# a comment\n`,
    ],
    words: ['@revoked ', '@cert-authority ', '|1|', '*', '?', '!', ',', '[a]:1', `ssh-ed25519 ${KEY}`, '@other '],
    reads(text) {
      const lines = text.split(/\r?\n/)
      for (const line of parseKnownHosts(text)) {
        holds(lines[line.lineNumber - 1]?.includes(line.keyBase64) === true, 'a key from another line')
        const named = namesServer(line.patterns, 'web.example', 22)
        if (line.patterns.split(',').includes('!web.example')) holds(!named, 'a negated name is trusted')
        if (!/[*?|]/.test(line.patterns) && named)
          holds(line.patterns.toLowerCase().split(',').includes('web.example'), `${line.patterns} names web.example`)
      }
    },
  },
  {
    name: 'ssh_config',
    seeds: [
      'Host web db *.example !x\n  HostName 192.0.2.7\n  Port=2222\nInclude conf.d/*\nMatch host a exec "true"\nHost "a b" # c\n',
    ],
    words: ['Host ', 'Include config\n', 'Include *\n', 'Match ', '"', '#', '=', '*', '~/'],
    inTests: 150,
    reads(text) {
      const file = join(folder, '.ssh-config')
      writeFileSync(file, text)
      for (const name of configuredNames(file, folder)) holds(!/[*?!]/.test(name), `the pattern ${name} is a name`)
    },
  },
  {
    name: 'deep links',
    seeds: [
      ...['app://headroom/#/servers/a?metric=load1&from=1&to=2', '#/runs/42', '#/servers/a?range=h6'],
      ...['https://www.hetzner.com/cloud', '#/servers/a?range=1760000000000-1760003600000', 'app://headroom.evil/'],
    ],
    words: [
      'app://',
      'https://',
      '@',
      'headroom',
      'www.hetzner.com',
      '#/',
      '?range=',
      'javascript:',
      '\\',
      '%2f',
      ':443',
      '.',
    ],
    reads(text) {
      const route = parseRoute(text)
      holds(route.path.startsWith('/') && route.place !== undefined, `it leads to ${route.path}`)
      const range = rangeOf(route.query)
      if (range)
        holds(
          JSON.stringify(rangeOf(new URLSearchParams({ range: rangeText(range) }))) === JSON.stringify(range),
          'a range does not read back',
        )
      const stretch = stretchOf(route.query, 1_800_000_000_000)
      if (stretch) holds(stretch.from < stretch.to, 'a stretch ends before it begins')
      holds(isOwnPage(routeAddress(text)), `${routeAddress(text)} is not the own page`)
      if (isOwnPage(text)) holds(new URL(text).host === 'headroom', 'a foreign page is taken for the own one')
      if (mayOpenOutside(text)) {
        const url = new URL(text)
        holds(url.protocol === 'https:' && url.username + url.password + url.port === '', `${url.href} may be opened`)
        holds(
          /^(www\.hetzner\.com|docs\.hetzner\.com|www\.postgresql\.org|docs\.docker\.com)$/.test(url.hostname),
          url.hostname,
        )
      }
    },
  },
  {
    name: 'path of a file of the page',
    seeds: ['/', '/assets/a.js', '/index.html', '/%2e%2e/outside.json'],
    words: ['../', '%2e%2e%2f', '..\\', '%5c', '/assets/', '.js', '%00', '//', './'],
    async reads(text) {
      const { status, body } = await rendererFile(pages(), text)
      if (status === 200) holds(body.toString() === 'inside', 'a file from outside the folder')
    },
  },
]

/** A folder of the page, with a file beside it that must never be given. */
function pages(): string {
  const inside = join(folder, 'pages')
  if (prepared) return inside
  prepared = true
  rmSync(inside, { recursive: true, force: true })
  for (const [path, text] of [
    ['pages/index.html', 'inside'],
    ['pages/assets/a.js', 'inside'],
    ['outside.json', 'outside'],
    ['pages-2/a.js', 'outside'],
  ] as const) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return inside
}
let prepared = false
