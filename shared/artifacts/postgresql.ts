import type { Plan } from '../model/plan.ts'
import type { Calculation } from '../model/reference.ts'
import { evaluate, namesOf, parseFormula } from '../planning/formula.ts'
import { headOf, type Made, type Making, type Outcome } from './made.ts'
import { type Settings, settingsOf, stageSettings } from './settings.ts'
import { softwareOf } from './software.ts'
import { TextFile } from './text-file.ts'
import { entry, field, Told } from './told.ts'
import type { Node, Workload } from './workload.ts'

const MIB = 1024 ** 2
/** PostgreSQL takes shared_buffers of 128 kB at least, work_mem of 64 kB; below these it does no work. */
const LEAST_MB = { 'shared-buffers': 1, 'effective-cache-size': 1, 'work-mem': 1, 'max-connections': 5 } as const
type Tuned = keyof typeof LEAST_MB

/**
 * The usual shares of RAM, in MB: a quarter for shared_buffers, three quarters as what is expected to be cached, 25
 * connections for each GB, and RAM/128 for each sort. A plan's own tuning table comes before them.
 */
const USUAL: Record<Tuned, string> = {
  'shared-buffers': 'ram / 4',
  'effective-cache-size': 'ram * 3 / 4',
  'max-connections': 'ram / 1024 * 25',
  'work-mem': 'ram / 128',
}

/** A PostgreSQL of a stage: where it runs and how much memory it has. */
export interface Database {
  id: string
  name: string
  node: Node
  nodeRow: string
  workload: Workload | null
  /** MB. */
  ram: Told<number> | null
  settings: Settings
}

/** Each PostgreSQL of a stage: services of that name, and nodes of the kind database that state none. */
export function databasesOf({ plan, stage, workloads }: Making): Database[] {
  return stage.nodes.flatMap((node): Database[] => {
    const nodeRow = entry(entry('', 'stages', stage.id), 'nodes', node.id)
    const service = node.services.find(({ name, image }) => softwareOf(name, image).name === 'PostgreSQL')
    const isOne = node.kind === 'database' && node.services.length === 0 && !/mysql|maria|mongo/i.test(node.name)
    if (!service && !isOne) return []
    const workload = workloads.find((one) => one.node === node && one.software.name === 'PostgreSQL') ?? null
    const ofService =
      workload?.memory && workload.memory.how === '' ? workload.memory.map((bytes) => bytes / MIB) : null
    const ofNode = node.ramGb === undefined ? null : new Told(node.ramGb * 1024, field(nodeRow, 'ramGb'))
    const names = ['postgres', 'postgresql', service?.name ?? node.id, node.id]
    // A component that sizes PostgreSQL without being called so counts for its own stage only.
    const settings = stageSettings(
      plan,
      stage.id,
      ({ id, stage: of, settings: given }) =>
        names.some((name) => id === name || id.startsWith(`${name}-`)) ||
        (of === stage.id && 'shared_buffers' in given),
    )
    return [
      { id: node.id, name: service?.name ?? node.name, node, nodeRow, workload, ram: ofService ?? ofNode, settings },
    ]
  })
}

/** Settings by RAM, one file for each PostgreSQL whose memory the plan states. */
export function postgresqlSettings(making: Making): Outcome {
  const all = databasesOf(making)
  if (all.length === 0) return { left: 'The stage has no PostgreSQL.' }
  const made = all.flatMap((database) => (database.ram ? [settingsFile(making, database, database.ram)] : []))
  return made.length > 0
    ? made
    : {
        left: `The plan states no RAM of ${all.map(({ node }) => `${field(entry(entry('', 'stages', making.stage.id), 'nodes', node.id), 'ramGb')}`).join(', ')}.`,
      }
}

function settingsFile(making: Making, database: Database, ram: Told<number>): Made {
  const { plan, stage } = making
  const file = new TextFile([
    ...headOf(making, `PostgreSQL settings for "${database.name}"`),
    'Put it into conf.d, or name it with include in postgresql.conf.',
  ])
  const tuned = tunedBy(plan, ram)
  const table = (name: Tuned): Told<number> => tuned[name]
  const stated = (name: string): Told<number> | null => {
    const text = database.settings.bytes(name)
    return text?.map((bytes) => Math.floor(bytes / MIB)) ?? null
  }
  const statedConnections = database.settings.number('max_connections')
  const supply = stage.supply.connections
  const ofSupply =
    supply === undefined
      ? null
      : new Told(Math.round(supply), field(entry('', 'stages', stage.id), 'supply', 'connections'))
  const onlyOne = databasesOf(making).length === 1
  const connections = statedConnections ?? (onlyOne ? ofSupply : null) ?? table('max-connections')
  const buffers = stated('shared_buffers') ?? table('shared-buffers')
  const workMem = stated('work_mem') ?? table('work-mem')
  const cores = coresOf(database)
  file.line('')
  file.line('# Memory')
  file.line`shared_buffers = ${buffers}MB`
  file.line`effective_cache_size = ${stated('effective_cache_size') ?? table('effective-cache-size')}MB`
  file.line`work_mem = ${workMem}MB`
  file.line`maintenance_work_mem = ${ram.map((mb) => Math.max(16, Math.min(2048, Math.floor(mb / 16))))}MB`
  file.line('')
  file.line('# Connections')
  file.line`max_connections = ${connections.map((count) => Math.max(5, Math.round(count)))}`
  if (cores) {
    const workers = cores.map((count) => Math.max(1, Math.floor(count)))
    file.line('')
    file.line('# Processes')
    file.line`max_worker_processes = ${workers.map((count) => Math.max(8, count))}`
    file.line`max_parallel_workers = ${workers}`
    file.line`max_parallel_workers_per_gather = ${workers.map((count) => Math.max(1, Math.min(4, Math.floor(count / 2))))}`
  }
  const worst = buffers.value + workMem.value * connections.value
  return {
    id: `postgresql-${database.id}`,
    kind: 'postgresql',
    subject: database.id,
    path: `${database.id}/postgresql.headroom.conf`,
    language: 'ini',
    text: file.text,
    sources: file.sources,
    notes:
      worst > ram.value
        ? [
            `If each of ${connections.value} connections uses its work_mem at once, ${Math.round(worst)} MB are needed, of ${Math.round(ram.value)} MB: put PgBouncer before it, or lower work_mem.`,
          ]
        : [],
  }
}

function coresOf({ workload, node, nodeRow }: Database): Told<number> | null {
  if (workload?.cpus) return new Told(workload.cpus.value, workload.cpus.from)
  return node.vcpu === undefined ? null : new Told(node.vcpu, field(nodeRow, 'vcpu'))
}

/** By the plan's own table where it has one: what a row states for just this RAM, else the formulas of its columns. */
function tunedBy(plan: Plan, ram: Told<number>): Record<Tuned, Told<number>> {
  const table = plan.calculations.find(
    ({ kind, columns }) =>
      kind === 'tuning' && ['ram', 'shared-buffers'].every((id) => columns.some((one) => one.id === id)),
  )
  const read = (name: Tuned): Told<number> => {
    const least = (value: number) => Math.max(LEAST_MB[name], Math.floor(value))
    if (table) {
      const base = entry('', 'calculations', table.id)
      const same = table.rows.find(({ cells }) => cells.ram === ram.value && typeof cells[name] === 'number')
      if (same)
        return new Told(
          least(same.cells[name] as number),
          [field(entry(base, 'rows', same.id), 'cells', name), ...ram.from],
          `at ${ram.value} MB`,
        )
      const formula = formulaOf(table, name)
      const value = formula === null ? null : computed(formula, ram.value)
      if (value !== null)
        return new Told(
          least(value),
          [...ram.from, field(entry(base, 'columns', name), 'computed', 'formula')],
          formula ?? '',
        )
    }
    return new Told(least(computed(USUAL[name], ram.value) ?? 0), ram.from, `${USUAL[name]}, in MB`)
  }
  return {
    'shared-buffers': read('shared-buffers'),
    'effective-cache-size': read('effective-cache-size'),
    'max-connections': read('max-connections'),
    'work-mem': read('work-mem'),
  }
}

function formulaOf(table: Calculation, name: string): string | null {
  const column = table.columns.find(({ id }) => id === name)
  return column?.computed && 'formula' in column.computed ? column.computed.formula : null
}

/** Null where it asks for more than the RAM, or cannot be read. */
function computed(text: string, ram: number): number | null {
  try {
    const formula = parseFormula(text, ['ram'])
    if (namesOf(formula).some((name) => name !== 'ram')) return null
    const value = evaluate(formula, () => ram)
    return Number.isFinite(value) && value > 0 ? value : null
  } catch {
    return null
  }
}

/** PgBouncer before the databases of a stage. */
export function pgbouncerIni(making: Making): Outcome {
  const { plan, stage, machines } = making
  const databases = databasesOf(making)
  const settings = settingsOf(plan, stage.id, 'pgbouncer')
  const runs = making.stage.nodes.some(({ services }) =>
    services.some(({ name, image }) => softwareOf(name, image).name === 'PgBouncer'),
  )
  if (databases.length === 0) return { left: 'The stage has no PostgreSQL.' }
  if (!runs && settings.components.every((one) => one.stage !== stage.id))
    return { left: 'The stage has no PgBouncer: neither a service nor a component of that name.' }
  const file = new TextFile(
    [...headOf(making, 'PgBouncer'), 'userlist.txt beside it holds the users; it is not made from the plan.'],
    'before',
    ';',
  )
  const open: string[] = []
  file.line('')
  file.line('[databases]')
  // Replicas that may be missing are read from directly.
  const needed = databases.filter(({ node }) => node.optional !== true)
  for (const { node, nodeRow, workload, id, settings: ofDatabase } of needed) {
    const known = machines.find(({ name }) => [node.id, node.name].includes(name))?.address ?? workload?.name ?? null
    if (known === null) open.push(`The address of ${node.name} (${nodeRow}): a server of that name gives it.`)
    const database = ofDatabase.text('database')
    const port = workload?.port ?? new Told(5432, field(nodeRow, 'kind'), 'the usual port of PostgreSQL')
    const host = new Told(known ?? `${id}.invalid`, field(nodeRow, 'id'))
    if (needed.length > 1) file.line`${id} = host=${host} port=${port}`
    else if (database && /^[A-Za-z_][\w-]*$/.test(database.value)) file.line`${database} = host=${host} port=${port}`
    else file.line`* = host=${host} port=${port}`
  }
  const clients = settings.number('max_connections', 'connections', 'max_client_conn')
  const mode = settings.text('pool_mode', 'pool-mode')
  const supply = stage.supply.connections
  const base = entry('', 'stages', stage.id)
  const server =
    supply === undefined ? null : new Told(Math.max(1, Math.round(supply)), field(base, 'supply', 'connections'))
  file.line('')
  file.line('[pgbouncer]')
  file.line('listen_addr = 127.0.0.1')
  file.line('listen_port = 6432')
  file.line('auth_type = scram-sha-256')
  file.line('auth_file = userlist.txt')
  file.line`pool_mode = ${mode && /^(session|transaction|statement)$/.test(mode.value) ? mode : 'transaction'}`
  if (clients) file.line`max_client_conn = ${clients.map((count) => Math.max(1, Math.round(count)))}`
  if (server) {
    // A tenth is kept for the superuser, migrations and backups.
    file.line`max_db_connections = ${new Told(Math.max(1, Math.floor(server.value * 0.9)), server.from, 'nine tenths; the rest is for upkeep')}`
    file.line`default_pool_size = ${new Told(Math.max(1, Math.floor((server.value * 0.9) / Math.max(1, needed.length))), server.from, 'nine tenths, over the databases')}`
  }
  file.line('server_tls_sslmode = prefer')
  file.line('ignore_startup_parameters = extra_float_digits')
  return [
    {
      id: 'pgbouncer',
      kind: 'pgbouncer',
      path: 'pgbouncer/pgbouncer.ini',
      language: 'ini',
      text: file.text,
      sources: file.sources,
      open,
    },
  ]
}
