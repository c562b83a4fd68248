import { existsSync } from 'node:fs'
import type { Check } from '../../../shared/model/doctor.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Backups } from '../workspace/index.ts'
import { checkAgent, checkDisk, checkDocker, checkKnownHosts, checkNode, checkSqlite, checkSsh } from './computer.ts'
import { checkBackups, checkClocks, checkFolder, checkIntegrity, checkSecrets, checkSocket } from './of-workspace.ts'

/** The self-check: everything Headroom stands on, each with how to mend it. It changes nothing. */
export async function examine(options: {
  folder: string
  environment: Environment
  hosts: Hosts
  backups: Backups
  signal: AbortSignal
}): Promise<Check[]> {
  const { folder, environment, hosts, backups, signal } = options
  const [computer, ofFolder, clock] = await Promise.all([
    examineComputer(environment),
    examineFolder(folder, signal),
    checkClocks(hosts, environment),
  ])
  return inOrder([...computer, ...ofFolder, checkBackups(backups, environment.now()), checkSecrets(hosts), clock])
}

/** What can be said where the workspace cannot be opened. */
export async function examineClosed(folder: string, environment: Environment, signal: AbortSignal): Promise<Check[]> {
  return inOrder([...(await examineComputer(environment)), ...(await examineFolder(folder, signal))])
}

async function examineComputer({ env, platform, home }: Environment): Promise<Check[]> {
  const asked = await Promise.all([checkAgent({ env, platform }), checkSsh(env), checkDocker(env)])
  return [checkNode(process.versions.node), checkSqlite(), checkKnownHosts(home), ...asked]
}

async function examineFolder(folder: string, signal: AbortSignal): Promise<Check[]> {
  if (!existsSync(folder)) return []
  const asked = await Promise.all([checkSocket(folder, signal), checkIntegrity(folder, signal)])
  return [checkFolder(folder), checkDisk(folder), ...asked]
}

const ORDER: readonly Check['id'][] = [
  ...(['node', 'sqlite', 'workspace', 'integrity', 'backups', 'disk', 'socket'] as const),
  ...(['secrets', 'agent', 'known-hosts', 'ssh', 'clock', 'docker'] as const),
]
const inOrder = (checks: readonly Check[]) => [...checks].sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id))
