import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Cluster, type Lab, startCluster, startLab } from '../lab/index.ts'
import type { Program } from './program.ts'
import { type Relay, startRelay } from './relay.ts'
import { type Server, startServer } from './server.ts'
import { Session } from './session.ts'

/** What schedules are played on, one after the other: two real servers behind links that can be broken, and databases on them. */
export interface Ground {
  program: Program
  servers: readonly [Server, Server]
  links: readonly [Relay, Relay]
  /** The small disk of the servers: temporary files, and what playbooks write. */
  disk: string
  temporary: string
  /** Where runs leave their locks on the servers. */
  states: readonly string[]
  /** Started with the first move. */
  databases(): Promise<{ source: Cluster; target: Cluster }>
  place(seed: number, options: { small: boolean }): Place
  close(): Promise<void>
}

/** The folders of one schedule. */
export interface Place {
  folder: string
  workspace: string
  home: string
  /** Its folder on the servers. */
  out: string
  clock: string
  /** The disk of the workspace, where that is a small one. */
  disk: string | null
  remove(): void
}

const SMALL_DISK_MIB = 16

export async function startGround(program: Program): Promise<Ground> {
  const lab = await startLab({ servers: 0 })
  try {
    const disk = smallDisk(lab, join(lab.folder, 'disk'))
    const temporary = join(disk, 'tmp')
    mkdirSync(temporary, { mode: 0o777 })
    const servers = [await startServer(lab, temporary), await startServer(lab, temporary)] as const
    const links = [await linkTo(lab, servers[0]), await linkTo(lab, servers[1])] as const
    const known = links
      .map(({ port }, i) => `[${servers[i]?.sshd.address}]:${port} ${servers[i]?.sshd.hostKey.publicLine}\n`)
      .join('')
    let databases: Promise<{ source: Cluster; target: Cluster }> | null = null
    const ground: Ground = {
      ...{ program, servers, links, disk, temporary },
      states: servers.map(({ sshd }) => join(dirname(sshd.hostKey.path), 'state')),
      databases() {
        databases ??= (async () => ({
          source: await startCluster(lab, { address: servers[0].sshd.address }),
          target: await startCluster(lab, { address: servers[1].sshd.address }),
        }))()
        return databases
      },
      place: (seed, { small }) => newPlace(lab, ground, { seed, small, known }),
      async close() {
        await lab.stop()
      },
    }
    await makeTemplate(lab, ground, known)
    return ground
  } catch (error) {
    await lab.stop()
    throw error
  }
}

function smallDisk(lab: Lab, folder: string): string {
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK_MIB}m`, 'headroom-faults', folder])
  lab.cleanUp(() => void execFileSync('umount', ['--lazy', folder]))
  return folder
}

async function linkTo(lab: Lab, { sshd }: Server): Promise<Relay> {
  const link = await startRelay(sshd.address, { address: sshd.address, port: sshd.port })
  lab.cleanUp(() => link.close())
  return link
}

function newPlace(
  lab: Lab,
  ground: Pick<Ground, 'disk' | 'temporary' | 'states'>,
  { seed, small, known }: { seed: number | string; small: boolean; known: string },
): Place {
  const folder = join(lab.folder, `schedule-${seed}`)
  const home = join(folder, 'home')
  mkdirSync(join(home, '.ssh'), { recursive: true })
  writeFileSync(join(home, '.ssh', 'known_hosts'), known)
  const disk = small ? join(folder, 'small') : null
  if (disk !== null) {
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK_MIB}m`, 'headroom-faults', disk])
  }
  const workspace = join(disk ?? folder, 'workspace')
  const template = join(lab.folder, 'template')
  if (existsSync(template)) cpSync(template, workspace, { recursive: true })
  const out = join(ground.disk, `${seed}`)
  mkdirSync(out)
  const clock = join(folder, 'clock')
  writeFileSync(clock, '0')
  return {
    ...{ folder, workspace, home, out, clock, disk },
    remove() {
      if (disk !== null) execFileSync('umount', ['--lazy', disk])
      rmSync(folder, { recursive: true, force: true })
      rmSync(out, { recursive: true, force: true })
      for (const name of readdirSync(ground.temporary))
        rmSync(join(ground.temporary, name), { recursive: true, force: true })
      for (const state of ground.states) rmSync(state, { recursive: true, force: true })
    },
  }
}

/** A workspace with both servers and a plan, which every schedule begins with a copy of. */
async function makeTemplate(lab: Lab, ground: Ground, known: string): Promise<void> {
  const place = newPlace(lab, ground, { seed: 'template', small: false, known })
  const session = new Session(ground.program, place, 'harness')
  await session.call(async (core) => {
    for (const [i, name] of ['web', 'db'].entries())
      await core.hosts.add({
        ...{ kind: 'ssh', name, address: ground.servers[i]?.sshd.address ?? '', port: ground.links[i]?.port ?? 0 },
        ...{ user: lab.user, auth: { kind: 'key', path: lab.keys.plain.path } },
      })
    await core.plan.choose({ blueprintId: 'tenant-guide' })
    await core.plan.edit({
      base: (await core.plan.current())?.revision ?? 0,
      edit: { op: 'set', path: ['name'], value: 'Plan 0' },
    })
  })
  await session.stop()
  cpSync(place.workspace, join(lab.folder, 'template'), { recursive: true })
  place.remove()
}
