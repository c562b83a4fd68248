import { readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Compared } from '../../shared/model/artifact.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { type Call, type Command, done, type Result, text } from './command.ts'
import { UsageError } from './usage-error.ts'

const MOST_BYTES = 2_000_000

export const artifacts: Command = {
  words: ['artifacts'],
  usage: 'artifacts [STAGE] [--to FOLDER [--check] [--force]] [--only ID,...] [--all] [--print ID]',
  summary:
    'files made of a stage: Compose, Swarm, Kubernetes, proxies, PostgreSQL, backups, rules, inventory. --check writes nothing and exits 1 where the folder differs; --force writes over files that somebody else changed; --all also what is not of the way the stage runs things',
  options: {
    to: { type: 'string' },
    check: { type: 'boolean' },
    force: { type: 'boolean' },
    only: { type: 'string' },
    all: { type: 'boolean' },
    print: { type: 'string' },
  },
  positionals: { min: 0, max: 1 },
  async run(call) {
    const { core, terminal, positionals, values, json } = call
    const stage = positionals[0] === undefined ? {} : { stage: positionals[0] }
    const to = text(values, 'to')
    const print = text(values, 'print')
    if (values.check === true && values.force === true)
      throw new UsageError('--check writes nothing; leave out --force.')
    if (print !== undefined) {
      const made = await core.artifacts.make(stage)
      const one = made.artifacts.find(({ id }) => id === print) ?? made.artifacts.find(({ kind }) => kind === print)
      if (!one)
        throw new UsageError(`There is no "${print}"; there are: ${made.artifacts.map(({ id }) => id).join(', ')}.`)
      if (!json) terminal.raw(one.text)
      return done(one)
    }
    if (to !== undefined || values.check === true) return compareOrWrite(call, stage, to)
    const made = await core.artifacts.make(stage)
    const shown = made.artifacts.filter(({ fits }) => fits || values.all === true)
    terminal.table([
      ['Artifact', 'File', 'Open'],
      ...shown.map(({ id, path, open }) => [id, path, open.length === 0 ? '' : String(open.length)]),
    ])
    for (const { path, open } of shown) for (const reason of open) terminal.say(`${path}: ${reason}`)
    return done({ ...made, artifacts: shown })
  },
}

async function compareOrWrite(
  { core, terminal, values }: Call,
  stage: { stage?: string },
  to: string | undefined,
): Promise<Result> {
  const only = (text(values, 'only') ?? '').split(',').filter((word) => word !== '')
  const folder = to === undefined ? {} : { folder: to.startsWith('~/') ? to : resolve(to) }
  const found = await core.artifacts.compare({ ...stage, ...folder, all: values.all === true || only.length > 0 })
  const made = only.length > 0 ? await core.artifacts.make(stage) : null
  const unknown = only.find((id) => made && !made.artifacts.some((one) => one.id === id || one.kind === id))
  if (unknown !== undefined)
    throw new UsageError(`There is no "${unknown}"; there are: ${made?.artifacts.map(({ id }) => id).join(', ')}.`)
  const wanted = new Set(
    made?.artifacts.filter(({ id, kind }) => only.includes(id) || only.includes(kind)).map(({ id }) => id),
  )
  const files = only.length === 0 ? found.files : found.files.filter(({ id }) => id !== null && wanted.has(id))
  const changes = files.filter(({ state }) => state !== 'same')
  if (values.check === true) {
    for (const { diff, state, path } of changes)
      terminal.raw(state === 'gone' ? `${path}: is no longer made of the stage\n` : diff)
    terminal.say(
      changes.length === 0
        ? `${found.folder} is as the plan says: ${files.length} files.`
        : `${changes.length} of ${files.length} files in ${found.folder} differ from the plan.`,
    )
    return done({ ...found, files }, changes.length === 0 ? 0 : 1)
  }
  const confirmed = values.force === true ? confirmedBy(files) : {}
  const ids = files.flatMap(({ id }) => (id === null ? [] : [id]))
  if (ids.length === 0) throw new UsageError('No file is made of this stage in its way of running things; see --all.')
  const result = await core.artifacts.write({ ...stage, folder: found.folder, ids, confirmed })
  terminal.say(`Written to ${result.folder}: ${result.written.length}; as they were: ${result.same.length}.`)
  for (const path of result.written) terminal.say(`  ${path}`)
  for (const { path } of files.filter(({ state }) => state === 'gone'))
    terminal.say(`${path} is no longer made of the stage; it was left where it is.`)
  return done(result)
}

const confirmedBy = (files: readonly Compared[]): Record<string, string> =>
  Object.fromEntries(
    files.flatMap(({ path, found, state }) => (state === 'edited' && found !== null ? [[path, found]] : [])),
  )

export const readFiles: Command = {
  words: ['import', 'look'],
  usage: 'import look compose|inventory FILE',
  summary: 'what a Compose file or an Ansible inventory would bring into the plan; nothing is saved',
  options: {},
  positionals: { min: 2, max: 2 },
  async run({ core, terminal, positionals }) {
    const [kind, path = ''] = positionals
    const file = { text: read(path), fileName: basename(path) }
    if (kind === 'compose') {
      const found = await core.artifacts.readCompose(file)
      terminal.table([
        ['Service', 'Replicas', 'Image', 'Port'],
        ...found.services.map((one) => [one.name, String(one.replicas), one.image ?? '', String(one.port ?? '')]),
      ])
      for (const reason of found.left) terminal.say(reason)
      return done(found)
    }
    if (kind !== 'inventory') throw new UsageError(`It reads compose or inventory, not "${kind}".`)
    const found = await core.artifacts.readInventory(file)
    terminal.table([
      ['Host', 'Address', 'User', 'Groups'],
      ...found.hosts.map((one) => [one.name, `${one.address}:${one.port}`, one.user ?? '', one.groups.join(', ')]),
    ])
    for (const reason of found.left) terminal.say(reason)
    return done(found)
  },
}

function read(path: string): string {
  const fail = (fact: string) =>
    new HeadroomError({
      code: 'FILE_UNREADABLE',
      fact,
      fix: 'Name a text file that you may read.',
      field: 'file',
      value: path,
    })
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile()) throw fail(`There is no file ${path}.`)
  if (found.size > MOST_BYTES) throw fail(`${path} has ${found.size} bytes; at most ${MOST_BYTES} are read.`)
  return readFileSync(path, 'utf8')
}
