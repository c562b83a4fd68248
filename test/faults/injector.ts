import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Ground, Place } from './ground.ts'
import type { Fault } from './schedule.ts'
import type { Session } from './session.ts'
import type { WorkspaceFaults } from './workspace-faults.ts'

const FILLER_BYTES = 64 << 20

/** Does one fault after the other, and mends those that last. */
export class Injector {
  readonly #ground: Ground
  readonly #place: Place
  readonly #session: Session
  readonly #workspace: WorkspaceFaults
  readonly breaches: string[] = []

  constructor(ground: Ground, place: Place, session: Session, workspace: WorkspaceFaults) {
    this.#ground = ground
    this.#place = place
    this.#session = session
    this.#workspace = workspace
  }

  async inject(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'kill-core':
        return this.#session.killCore()
      case 'kill-shell':
        if (!(await this.#session.killShell())) this.breaches.push('The core outlives its shell by 20 s.')
        return
      case 'kill-page':
        if (!(await this.#session.killPages())) this.breaches.push('The window does not come back in 30 s.')
        return
      case 'freeze-core':
        return await this.#session.freeze(fault.forMs, fault.simulatedMs)
      case 'jump-clock':
        return this.#session.shiftClock(fault.byMs)
      case 'fill-laptop':
        return this.#place.disk === null ? undefined : await this.#fill(this.#place.disk, fault.forMs)
      case 'fill-target':
        return await this.#fill(this.#ground.disk, fault.forMs)
      case 'second-copy':
      case 'newer-workspace':
      case 'flip-bit':
      case 'truncate':
      case 'restore':
        return await this.#workspace.inject(fault)
      default:
        return await this.#ofLink(fault)
    }
  }

  async #ofLink(fault: Extract<Fault, { link: number }>): Promise<void> {
    const link = this.#ground.links[fault.link]
    const server = this.#ground.servers[fault.link]
    if (link === undefined || server === undefined) throw new Error(`there is no link ${fault.link}`)
    switch (fault.kind) {
      case 'cut-link':
        link.cut()
        await pause(fault.forMs)
        return link.mend()
      case 'hang-link':
        link.hang()
        await pause(fault.forMs)
        return link.mend()
      case 'slow-link':
        link.slow(fault.delayMs)
        await pause(fault.forMs)
        return link.mend()
      case 'break-packet':
        return link.breakAfter(fault.afterBytes)
      case 'change-address':
        return link.strand()
      case 'lose-packets':
        return await lose(server.sshd, fault.ratio, fault.forMs)
      case 'restart-sshd':
        server.kill()
        await pause(fault.forMs)
        return await server.start()
      case 'hang-sshd':
        server.freeze()
        await pause(fault.forMs)
        return server.resume()
      case 'kill-sessions':
        return server.killSessions()
    }
  }

  async #fill(disk: string, forMs: number): Promise<void> {
    const filler = join(disk, 'filler')
    try {
      writeFileSync(filler, Buffer.alloc(FILLER_BYTES))
      throw new Error(`${disk} takes ${FILLER_BYTES} bytes`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
    await pause(forMs)
    rmSync(filler)
  }

  async mend(): Promise<void> {
    for (const link of this.#ground.links) link.mend()
    for (const server of this.#ground.servers) {
      server.resume()
      await server.start()
    }
  }
}

/** The kernel drops such a part of what goes to and from a server. Loss as of netem, which not every kernel has. */
async function lose({ address, port }: { address: string; port: number }, ratio: number, forMs: number): Promise<void> {
  const chance = ['-m', 'statistic', '--mode', 'random', '--probability', String(ratio)]
  const rules = [
    ['INPUT', '-p', 'tcp', '-d', address, '--dport', String(port), ...chance, '-j', 'DROP'],
    ['INPUT', '-p', 'tcp', '-s', address, '--sport', String(port), ...chance, '-j', 'DROP'],
  ]
  const iptables = (verb: string, rule: string[]) => execFileSync('iptables', ['-w', verb, ...rule])
  for (const rule of rules) iptables('-I', rule)
  try {
    await pause(forMs)
  } finally {
    for (const rule of rules) iptables('-D', rule)
  }
}
