import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PlaybookCopy } from '../../../shared/model/backup.ts'
import { sha256Of, sync } from './durable-files.ts'

/** The workspace's folder of the operator's own playbooks. */
export const playbookFolder = (workspace: string) => join(workspace, 'playbooks')

const LARGEST_BYTES = 8 << 20
const DEEPEST = 6

/** The regular files of the playbook folder, by name with "/" between folders, in order. Links and hidden files stay where they are. */
export function playbookFiles(workspace: string): { name: string; path: string; read(): Buffer }[] {
  const root = playbookFolder(workspace)
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((given) => given.replaceAll('\\', '/'))
    .filter((name) => isPlaybookName(name) && isSmallFile(join(root, name)))
    .sort()
    .map((name) => ({ name, path: join(root, name), read: () => readFileSync(join(root, name)) }))
}

/** True for a relative name that stays inside the folder on every system. */
export function isPlaybookName(name: string): boolean {
  const parts = name.split('/')
  return (
    parts.length <= DEEPEST &&
    parts.every((part) => /^[^\p{Cc}\\/:*?"<>|]+$/u.test(part) && !part.startsWith('.') && part.length <= 200)
  )
}

function isSmallFile(path: string): boolean {
  const stat = lstatSync(path)
  return stat.isFile() && stat.size <= LARGEST_BYTES
}

/** Copies the playbooks of a workspace, or those of a backup, into the folder `playbooks` of another; what it copied, with digests. */
export function copyPlaybooks(from: string, to: string): PlaybookCopy[] {
  mkdirSync(playbookFolder(to), { recursive: true, mode: 0o700 })
  return playbookFiles(from).map(({ name, path }) => {
    const copy = join(playbookFolder(to), name)
    mkdirSync(dirname(copy), { recursive: true, mode: 0o700 })
    const sha256 = sha256Of(path, copy)
    return { name, bytes: lstatSync(copy).size, sha256 }
  })
}

/** The playbooks that lie in a folder, as its manifest tells of them; nothing where it has no playbook folder. */
export function playbookCopies(folder: string): { playbooks?: PlaybookCopy[] } {
  if (!existsSync(playbookFolder(folder))) return {}
  const playbooks = playbookFiles(folder).map(({ name, path }) => ({
    name,
    bytes: lstatSync(path).size,
    sha256: sha256Of(path),
  }))
  return { playbooks }
}

/** What differs between the playbooks in a folder and what its manifest says of them, or null. */
export function playbooksFault(folder: string, stated: readonly PlaybookCopy[]): string | null {
  for (const { name, sha256 } of stated) {
    const path = join(playbookFolder(folder), name)
    if (!isPlaybookName(name)) return `its manifest names the playbook ${JSON.stringify(name)}`
    if (!existsSync(path)) return `playbooks/${name} is missing in it`
    if (sha256Of(path) !== sha256) return `playbooks/${name} has other bytes than its manifest says`
  }
  return null
}

/** Puts the staged playbook folder in the place of the present one, which goes to `aside`. Done again after a crash, it goes on. */
export function swapPlaybooks(workspace: string, staging: string, aside: string): void {
  const staged = playbookFolder(staging)
  if (!existsSync(staged)) return
  const present = playbookFolder(workspace)
  const kept = playbookFolder(aside)
  if (existsSync(present)) {
    // Only an unfinished move left both behind, and then the present one holds nothing of the operator's.
    if (existsSync(kept)) rmSync(present, { recursive: true, force: true })
    else renameSync(present, kept)
  }
  renameSync(staged, present)
  sync(aside)
  sync(workspace)
}
