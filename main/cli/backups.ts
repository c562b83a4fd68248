import { formatDuration } from '../../shared/format/duration.ts'
import { formatQuantity } from '../../shared/format/quantity.ts'
import type { Backup } from '../../shared/model/backup.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { type Command, done, text } from './command.ts'
import type { Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export const backupNow: Command = {
  words: ['backup'],
  usage: 'backup',
  summary: 'copies plan, servers, runs and history now, while Headroom goes on; prints where',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const backup = await core.backups.make()
    terminal.say(`${backup.id}: ${size(backup.bytes)} in ${backup.path}`)
    return done(backup)
  },
}

export const backupsVerify: Command = {
  words: ['backups', 'verify'],
  usage: 'backups verify ID',
  summary: 'reads every byte and page of a backup and says whether it can be restored',
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals }) {
    const backup = await core.backups.verify({ id: positionals[0] ?? '' })
    terminal.say(
      `${backup.id} is whole: ${backup.files.map(({ name, bytes }) => `${name} ${size(bytes)}`).join(', ')}.`,
    )
    return done(backup)
  },
}

export const backupsSet: Command = {
  words: ['backups', 'set'],
  usage: 'backups set [--folder FOLDER|default] [--every HOURS|never] [--daily N] [--weekly N] [--monthly N]',
  summary: 'where backups go, how often they are made, and how many days, weeks and months are kept',
  options: {
    folder: { type: 'string' },
    every: { type: 'string' },
    daily: { type: 'string' },
    weekly: { type: 'string' },
    monthly: { type: 'string' },
  },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values }) {
    const { settings } = await core.backups.status()
    const folder = text(values, 'folder')
    const every = text(values, 'every')
    const count = (name: 'daily' | 'weekly' | 'monthly') => whole(text(values, name), name) ?? settings.keep[name]
    const hours = every === 'never' ? null : whole(every, 'every')
    const status = await core.backups.configure({
      folder: folder === undefined ? settings.folder : folder === 'default' ? null : folder,
      everyMs: every === undefined ? settings.everyMs : hours == null ? null : hours * 3_600_000,
      keep: { daily: count('daily'), weekly: count('weekly'), monthly: count('monthly') },
    })
    const { keep, everyMs } = status.settings
    terminal.say(`To ${status.folder}, ${everyMs === null ? 'only when asked' : `every ${formatDuration(everyMs)}`}.`)
    terminal.say(`Kept: ${keep.daily} days, ${keep.weekly} weeks, ${keep.monthly} months.`)
    return done(status)
  },
}

export const backupsList: Command = {
  words: ['backups'],
  usage: 'backups',
  summary: 'the backups there are, newest first; works for a workspace that cannot be opened too',
  options: {},
  positionals: { min: 0, max: 0 },
  async runOnFolder({ terminal, workspace }) {
    const backups = workspace.backups()
    if (backups.length === 0) terminal.say('There are no backups yet. `headroom backup` makes one.')
    else printBackups(terminal, backups)
    return done(backups)
  },
}

export const restore: Command = {
  words: ['restore'],
  usage: 'restore ID [--yes]',
  summary: 'puts a backup in the place of the present files, which are kept; asks first unless --yes',
  options: { yes: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async runOnFolder({ terminal, workspace, positionals, values }) {
    const id = positionals[0] ?? ''
    const backup = workspace.backups().find((one) => one.id === id)
    if (!backup) {
      throw new HeadroomError({
        code: 'BACKUP_NOT_FOUND',
        fact: `There is no backup "${id}".`,
        fix: 'See `headroom backups` for those there are.',
        field: 'id',
        value: id,
      })
    }
    terminal.say(
      `${backup.files.map(({ name }) => name).join(' and ')} of ${workspace.folder} will be as at ${time(backup.at)}.`,
    )
    terminal.say('The present ones are moved to its folder "replaced" and can be gone back to.')
    if (values.yes !== true && !(await terminal.confirm('Restore it?'))) {
      terminal.say('Nothing was changed.')
      return done(undefined, 1)
    }
    await workspace.restore(id)
    terminal.say(`Restored ${id}.`)
    return done(backup)
  },
}

export function printBackups(terminal: Terminal, backups: readonly Backup[]): void {
  terminal.table([
    ['ID', 'Time', 'Kind', 'Size', 'Files', ''],
    ...backups.map(({ id, at, kind, bytes, files, own, fault }) => [
      id,
      time(at),
      kind,
      size(bytes),
      files.map(({ name, version }) => `${name} v${version}`).join(', '),
      fault ?? (own ? '' : 'of another workspace'),
    ]),
  ])
}

const size = (bytes: number) => formatQuantity(bytes, 'bytes')
const time = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

function whole(given: string | undefined, name: string): number | undefined {
  if (given === undefined) return undefined
  if (!/^\d{1,5}$/.test(given)) throw new UsageError(`--${name} takes a whole number, not "${given}".`)
  return Number(given)
}
