import { createHash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { formatQuantity } from '../../shared/format/quantity.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { ExportSummary } from '../../shared/model/workspace-export.ts'
import { type Call, type Command, done, text } from './command.ts'
import { secretFrom } from './secrets.ts'
import type { Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export const workspaceExport: Command = {
  words: ['workspace', 'export'],
  usage: 'workspace export FILE [--secrets | --passphrase env:NAME|file:PATH|-]',
  summary: 'writes plan, servers, runs, history and own playbooks into one file; secrets only under a passphrase',
  options: { secrets: { type: 'boolean' }, passphrase: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const { core, terminal, positionals } = call
    const file = resolve(positionals[0] ?? '')
    if (existsSync(file)) {
      throw new HeadroomError({
        code: 'FILE_EXISTS',
        fact: `${file} is there already.`,
        fix: 'Give another name, or remove that file first.',
        field: 'FILE',
        value: file,
      })
    }
    const passphrase = await passphraseOf(call)
    const { id, bytes, sha256 } = await core.workspaceFile.export({ passphrase })
    const partial = `${file}.partial`
    const out = openSync(partial, 'w', 0o600)
    const hash = createHash('sha256')
    try {
      for (let offset = 0; offset < bytes; ) {
        const piece = Buffer.from((await core.workspaceFile.read({ id, offset })).base64, 'base64')
        if (piece.length === 0) break
        for (let written = 0; written < piece.length; ) written += writeSync(out, piece, written)
        hash.update(piece)
        offset += piece.length
      }
      fsyncSync(out)
      if (hash.digest('hex') !== sha256) throw cutShort(file)
      renameSync(partial, file)
    } finally {
      closeSync(out)
      rmSync(partial, { force: true })
      await core.workspaceFile.drop({ id })
    }
    terminal.say(`${file}: ${formatQuantity(bytes, 'bytes')}, SHA-256 ${sha256}`)
    terminal.say(passphrase === null ? 'No secret is in it.' : 'The secrets in it open with the passphrase only.')
    return done({ file, bytes, sha256, secrets: passphrase === null ? 'none' : 'sealed' })
  },
}

export const workspaceImport: Command = {
  words: ['workspace', 'import'],
  usage: 'workspace import FILE [--yes]',
  summary: 'puts an exported workspace in the place of this one, which is kept; --workspace NEW makes a new one of it',
  options: { yes: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async runOnFolder({ terminal, workspace, positionals, values, signal }) {
    const file = resolve(positionals[0] ?? '')
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      throw new HeadroomError({
        code: 'FILE_NOT_FOUND',
        fact: `There is no file ${file}.`,
        fix: 'Give the path of a file that `headroom workspace export` wrote.',
        field: 'FILE',
        value: file,
      })
    }
    const fresh = !existsSync(resolve(workspace.folder, 'app.db'))
    const { backup, summary } = await workspace.importFile(file, signal)
    describe(terminal, summary)
    terminal.say(
      fresh
        ? `It becomes the new workspace ${workspace.folder}.`
        : `It takes the place of what is in ${workspace.folder}, which is moved to its folder "replaced" and can be gone back to.`,
    )
    if (values.yes !== true && !(await terminal.confirm('Import it?'))) {
      workspace.discard(backup.id)
      terminal.say('Nothing was changed.')
      return done(undefined, 1)
    }
    await workspace.restore(backup.id)
    terminal.say('Imported.')
    if (summary.secrets === 'sealed')
      terminal.say('Its secrets wait in a vault: unlock it with the passphrase of the export.')
    return done({ workspace: workspace.folder, summary })
  },
}

function describe(terminal: Terminal, summary: ExportSummary): void {
  const { servers, commands, counts, plan, runs, series, measured } = summary
  terminal.say(`Written by Headroom ${summary.appVersion}; secrets: ${summary.secrets}.`)
  terminal.say(`Plan: ${plan ?? 'none'}. Runs: ${runs}. Own playbooks: ${counts.playbooks}.`)
  const span = measured === null ? '' : `, ${day(measured.from)} to ${day(measured.to)}`
  terminal.say(`Measured: ${series} series${span}.`)
  terminal.say(
    `Servers that Headroom will connect to: ${servers.map(({ name, address }) => `${name} (${address})`).join(', ') || 'none'}.`,
  )
  if (commands.length > 0) terminal.say('Commands and queries of own metrics that Headroom will run there:')
  for (const { server, text: command } of commands) terminal.say(`  ${server}: ${command}`)
  for (const [what, listed] of [
    ['servers', servers.length],
    ['commands', commands.length],
  ] as const)
    if (counts[what] > listed) terminal.say(`Not listed: ${counts[what] - listed} further ${what}.`)
}

const day = (at: number) => new Date(at).toISOString().slice(0, 10)

async function passphraseOf(call: Call): Promise<string | null> {
  const reference = text(call.values, 'passphrase')
  if (reference !== undefined) return secretFrom(reference, 'passphrase', call)
  if (call.values.secrets !== true) return null
  if (!call.terminal.interactive)
    throw new UsageError('There is no terminal to ask for the passphrase. Give --passphrase env:NAME, file:PATH or -.')
  const first = await call.terminal.secret('Passphrase of the export')
  if ((await call.terminal.secret('The same again')) !== first) throw new UsageError('The two passphrases differ.')
  return first
}

function cutShort(file: string): HeadroomError {
  return new HeadroomError({
    code: 'EXPORT_CUT_SHORT',
    fact: `Not every byte of the export came, so ${file} was not written.`,
    fix: 'Export again; if it stays, restart Headroom.',
  })
}
