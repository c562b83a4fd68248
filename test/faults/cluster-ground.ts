import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Core, openCore } from '../../main/core/index.ts'
import type { Run } from '../../shared/model/run.ts'
import { testEnvironment } from '../fixtures/environment.ts'
import type { Lab, Sshd } from '../lab/index.ts'
import { killSessions } from './server.ts'
import { type Watch, watchIn } from './watched-programs.ts'

const PATIENCE_MS = 120_000

/** The run was over before such a call came. */
export class NoSuchCall extends Error {}

/** Servers whose programs are under watch, and a workspace that knows them. */
export interface ClusterGround {
  watch: Watch
  /** The engine, here; another while a program of its own holds the workspace. */
  readonly core: Core
  addServer(name: string, sshd: Sshd): Promise<void>
  /** Writes a playbook of these steps (YAML) into the workspace. */
  write(id: string, steps: string): void
  /** Runs a playbook undisturbed; a person agrees to what it asks, by this word. Throws where it does not succeed. */
  run(id: string, values?: Record<string, string>, agree?: string): Promise<Run>
  start(id: string, values: Record<string, string>): Promise<string>
  /** Runs these words of the command line, and kills that program once a call stands still; the engine is here again then. */
  killedWhereHeld(words: readonly string[]): Promise<string>
  /** The run when it has ended, however it did. */
  ended(runId: string): Promise<Run>
  held(runId: string): Promise<void>
  /** Cuts every connection to the servers. */
  cutLinks(): void
  close(): Promise<void>
}

export async function openClusterGround(lab: Lab): Promise<ClusterGround> {
  const environment = testEnvironment({ real: true })
  lab.cleanUp(() => environment.dispose())
  const workspace = join(environment.folder, 'workspace')
  mkdirSync(join(environment.home, '.ssh'), { recursive: true })
  const settings = { folder: workspace, environment }
  let core = await openCore(settings)
  let child: ChildProcess | null = null
  const servers: Sshd[] = []
  const watch = watchIn(join(lab.folder, 'watch'))
  const late = () => performance.now() + PATIENCE_MS
  const ground: ClusterGround = {
    watch,
    get core() {
      return core
    },
    async addServer(name, sshd) {
      const { address, port, hostKey } = sshd
      servers.push(sshd)
      appendFileSync(join(environment.home, '.ssh', 'known_hosts'), `[${address}]:${port} ${hostKey.publicLine}\n`)
      await core.areas.hosts.add({
        ...{ kind: 'ssh', name, address, port, user: lab.user },
        auth: { kind: 'key', path: lab.keys.plain.path },
      })
    },
    write(id, steps) {
      mkdirSync(join(workspace, 'playbooks'), { recursive: true })
      writeFileSync(
        join(workspace, 'playbooks', `${id}.yaml`),
        `format: headroom/playbook@1\nid: ${id}\nname: ${id}\nsummary: A fault\nsteps:\n${steps}`,
      )
    },
    async run(id, values = {}, agree) {
      const runId = await ground.start(id, values)
      let ended = await ground.ended(runId)
      while (agree !== undefined && ended.waiting?.kind === 'approve') {
        await core.areas.playbooks.approve(runId, ended.waiting.step, agree)
        ended = await ground.ended(runId)
      }
      if (ended.state !== 'succeeded') throw new Error(`${id} is ${ended.state}: ${JSON.stringify(ended.problem)}`)
      return ended
    },
    async start(id, values) {
      const { playbooks } = core.areas
      const { hash, problems } = await playbooks.preview(id, values)
      if (problems[0]) throw new Error(`${id} is refused: ${problems[0].code} ${problems[0].fact}`)
      return (await playbooks.start(id, values, hash)).id
    },
    async killedWhereHeld(words) {
      await core.close()
      const spawned = spawn(process.execPath, [resolve('main/cli/index.ts'), ...words], {
        env: { PATH: process.env.PATH, HOME: environment.home, HEADROOM_WORKSPACE: workspace },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = spawned
      const said: string[] = []
      for (const stream of [spawned.stdout, spawned.stderr]) stream.on('data', (chunk) => said.push(String(chunk)))
      const gone = once(spawned, 'exit')
      try {
        for (const until = late(); !watch.isHeld(); await pause(10))
          if (spawned.exitCode !== null || performance.now() > until)
            throw new NoSuchCall(`The program came to no such call: ${said.join('').slice(-2000)}`)
      } finally {
        spawned.kill('SIGKILL')
        await gone
        core = await openCore(settings)
      }
      return core.areas.playbooks.runs()[0]?.id ?? ''
    },
    async ended(runId) {
      const signal = AbortSignal.timeout(PATIENCE_MS)
      for await (const run of core.areas.playbooks.follow(runId, signal)) if (run.endedAt !== null) return run
      return core.areas.playbooks.run(runId)
    },
    async held(runId) {
      for (const until = late(); !watch.isHeld(); await pause(10)) {
        const run = core.areas.playbooks.run(runId)
        if (run.endedAt !== null || performance.now() > until)
          throw new NoSuchCall(`The run came to no such call: ${JSON.stringify(run)}`)
      }
    },
    cutLinks() {
      for (const { pid } of servers) killSessions(pid)
    },
    async close() {
      watch.letGo()
      child?.kill('SIGKILL')
      await core.close()
    },
  }
  return ground
}
