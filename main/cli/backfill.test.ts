import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandLine } from '../../test/fixtures/command-line.ts'

const HOUR = 3_600_000

const line = commandLine()
const headroom = (...words: string[]) => line.headroom(words)

/** Two days of a value in percent, an hour apart, newest last. */
function percentages(): string {
  const now = Math.floor(Date.now() / HOUR) * HOUR
  const rows = Array.from({ length: 48 }, (_, i) => `${new Date(now - (48 - i) * HOUR).toISOString()},${20 + i}`)
  const path = join(line.folder, 'cpu.csv')
  writeFileSync(path, `time,cpu\n${rows.join('\n')}\n`)
  return path
}

describe('headroom backfill', () => {
  it('takes in a CSV file, and the same file once only', async () => {
    await headroom('hosts', 'add', 'here', '--local')
    const path = percentages()
    const first = await headroom('backfill', 'here', path, 'cpu_used_ratio', '--percent', '--json')
    expect(first).toMatchObject({ code: 0 })
    expect(JSON.parse(first.out)).toEqual({ stored: 48, dropped: 0 })
    const again = await headroom('backfill', 'here', path, 'cpu_used_ratio', '--percent')
    expect(again.out).toContain('0 samples taken in, 48 of times that were known already')
  })
  it('refuses percentages for a ratio, and metrics there are not', async () => {
    await headroom('hosts', 'add', 'here', '--local')
    const path = percentages()
    expect((await headroom('backfill', 'here', path, 'cpu_used_ratio')).err).toContain('a ratio from 0 to 1')
    expect((await headroom('backfill', 'here', path, 'cpu')).err).toContain('There is no metric "cpu"')
    expect(await headroom('backfill', 'here', path)).toMatchObject({ code: 2 })
  })
  it('says that there are no archives, and no Prometheus', async () => {
    await headroom('hosts', 'add', 'here', '--local')
    const none = await headroom('backfill', 'here', '--folder', line.folder)
    expect(none.code).toBe(1)
    expect(none.err).toContain('here has no sysstat archives')
    expect((await headroom('backfill', 'here', 'prometheus')).err).toContain('has no Prometheus')
    expect((await headroom('backfill', 'here', '--resume', 'x')).err).toContain('no backfill "x"')
  })
})

describe('headroom export', () => {
  it('writes rules, dashboard and log settings to a folder, or prints them', async () => {
    await headroom('plan', 'choose', 'pareto')
    const to = join(line.folder, 'out')
    const rules = await headroom('export', 'prometheus-rules', '--to', to)
    expect(rules).toMatchObject({ code: 0 })
    expect(rules.out).toContain('Left out: ErrorSpike')
    expect(readFileSync(join(to, 'headroom-pareto-rules.yaml'), 'utf8')).toContain('alert: HighErrorRate')
    expect((await headroom('export', 'loki', '--to', to)).code).toBe(0)
    for (const name of ['loki.yaml', 'promtail.yaml', 'loki-rules.yaml']) expect(existsSync(join(to, name))).toBe(true)
    const dashboard = await headroom('export', 'grafana')
    expect(JSON.parse(dashboard.out)).toMatchObject({ schemaVersion: 38, tags: ['headroom'] })
  })
  it('says what it cannot do', async () => {
    expect((await headroom('export', 'grafana')).err).toContain('no plan yet')
    expect(await headroom('export', 'nagios')).toMatchObject({ code: 2 })
    await headroom('plan', 'choose', 'pareto')
    const blocked = join(line.folder, 'file')
    writeFileSync(blocked, '')
    expect((await headroom('export', 'grafana', '--to', join(blocked, 'x'))).err).toContain('cannot be written')
  })
})
