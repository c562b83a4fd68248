import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Lab } from './lab.ts'
import { freePort } from './loopback.ts'
import { ended, firstLine } from './process.ts'

/** The user and password that a lab server with `login` takes; the hash is bcrypt's with few rounds. */
export const PROMETHEUS_LOGIN = {
  user: 'headroom',
  password: 'canary-password',
  hash: '$2b$04$6RedTxGOy1OCeLC5AuCSL.v7KJj3GNIMm14J3cwPUkmK6xCXwKzzy',
}

export interface PrometheusOptions {
  /** OpenMetrics text of the past, made into blocks by promtool before the server starts. */
  history?: string
  /** Addresses that are scraped every second, by job. */
  targets?: Readonly<Record<string, readonly string[]>>
  /** What a target is called instead of its address, by address. */
  names?: Readonly<Record<string, string>>
  login?: boolean
  /** Default 127.0.0.1. */
  address?: string
}

export interface PrometheusServer {
  url: string
  port: number
  stop(): Promise<void>
}

/** Starts a real Prometheus on loopback with data in a folder of its own. It ends with the lab. */
export async function startPrometheus(
  lab: Pick<Lab, 'cleanUp'>,
  options: PrometheusOptions = {},
): Promise<PrometheusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-prometheus-'))
  lab.cleanUp(() => rmSync(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  mkdirSync(data)
  if (options.history !== undefined) {
    const text = join(folder, 'history.om')
    writeFileSync(text, options.history)
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, data], { stdio: 'pipe' })
  }
  const settings = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: Object.entries(options.targets ?? {}).map(([job_name, targets]) => ({
      job_name,
      static_configs: targets.map((target) => ({
        targets: [target],
        labels: { instance: options.names?.[target] ?? target },
      })),
    })),
  }
  writeFileSync(join(folder, 'prometheus.yml'), stringify(settings))
  writeFileSync(
    join(folder, 'web.yml'),
    stringify(options.login ? { basic_auth_users: { [PROMETHEUS_LOGIN.user]: PROMETHEUS_LOGIN.hash } } : {}),
  )
  const address = options.address ?? '127.0.0.1'
  const port = await freePort(address)
  const child = spawn(
    'prometheus',
    [
      ...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${data}`],
      ...[`--web.config.file=${join(folder, 'web.yml')}`, `--web.listen-address=${address}:${port}`],
      ...['--storage.tsdb.retention.time=10y', '--log.level=info'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const stop = async () => {
    child.kill('SIGTERM')
    await ended(child)
  }
  lab.cleanUp(stop)
  await firstLine(child, child.stderr, /Server is ready to receive web requests/)
  child.stderr.resume()
  return { url: `http://${address}:${port}`, port, stop }
}

/** Starts Debian's node_exporter; it ends with the lab. */
export async function startNodeExporter(lab: Pick<Lab, 'cleanUp'>, address: string): Promise<{ target: string }> {
  const port = await freePort(address)
  const child = spawn('prometheus-node-exporter', [`--web.listen-address=${address}:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  lab.cleanUp(async () => {
    child.kill('SIGTERM')
    await ended(child)
  })
  await firstLine(child, child.stderr, /Listening on/)
  child.stderr.resume()
  return { target: `${address}:${port}` }
}
