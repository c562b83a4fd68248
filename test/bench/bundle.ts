import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../e2e/surroundings.ts'
import type { Bench } from './bench.ts'

const MEGABYTE = 1_000_000
/** What Now needs before it is drawn: without charts, the editor, reports. */
const FIRST_MOST = 400_000
/** The parts of ECharts that are used; all of it is twice that. */
const CHARTS_MOST = 250_000

/** The renderer as it is shipped: bytes of all its scripts and styles after gzip, and of those that the page itself asks for. */
export default function bundle(): Bench {
  const folder = join(root, 'dist', 'renderer')
  if (!existsSync(folder)) throw new Error('Run `npm run build` first: this bench weighs what it makes.')
  const assets = join(folder, 'assets')
  const all = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name))
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const first = withImports(
    all.filter((name) => page.includes(name)),
    assets,
  )
  // What only names the file that has them, to load it on demand, has them not.
  const isCharts = (name: string) =>
    /zrender|echarts/i.test(readFileSync(join(assets, name), 'utf8').replaceAll(/echarts-[\w-]+\.js/g, ''))
  const charts = all.filter(isCharts)
  const rest = all.filter((name) => !charts.includes(name))
  const weigh = (names: Iterable<string>) => () =>
    [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0) / 1000
  const claim = { unit: 'kB gz', rounds: 1, warmUp: 0 }
  return {
    check() {
      if (charts.length === 0) return ['No file has the charts, so what they weigh is not known.']
      const eager = charts.filter((name) => first.has(name))
      return eager.length === 0 ? [] : [`The charts are in ${eager.join(', ')}, which the page loads at once.`]
    },
    claims: [
      { name: 'scripts and styles without the charts', ours: weigh(rest), atMost: MEGABYTE / 1000, ...claim },
      { name: 'the charts, on demand', ours: weigh(charts), atMost: CHARTS_MOST / 1000, ...claim },
      { name: 'loaded with the page', ours: weigh(first), atMost: FIRST_MOST / 1000, ...claim },
    ],
  }
}

/** With everything that these import at once, directly or not; what is imported on demand is not among it. */
function withImports(names: string[], assets: string): Set<string> {
  const found = new Set<string>()
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue
    found.add(name)
    if (!name.endsWith('.js')) continue
    const text = readFileSync(join(assets, name), 'utf8')
    for (const [, next] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) if (next) queue.push(next)
  }
  return found
}
