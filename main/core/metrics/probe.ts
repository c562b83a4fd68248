import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoteWord } from '../../../shared/format/shell.ts'
import { type ProbeOutput, parseProbe } from '../../../shared/metrics/probe-output.ts'
import type { CommandResult } from '../../../shared/model/command.ts'
import type { Host, PostgresProbe } from '../../../shared/model/host.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Hosts } from '../hosts/index.ts'

/** A round that takes longer is given up; the probe limits each of its own children to 3 seconds. */
const PROBE_TIMEOUT_MS = 20_000

/** Runs the probe once on a host. Throws what `Hosts.script` throws, NO_PROC and PROBE_FAILED. */
export class Probe {
  readonly #script: string
  constructor(resources: string) {
    this.#script = readFileSync(join(resources, 'probes', 'probe.sh'), 'utf8')
  }

  async run(hosts: Pick<Hosts, 'script'>, host: Host, signal?: AbortSignal): Promise<ProbeOutput> {
    const text = `${parameters(host.postgres)}${this.#script}`
    const options = { timeoutMs: PROBE_TIMEOUT_MS, maxOutputBytes: 1024 * 1024, ...(signal ? { signal } : {}) }
    const result = await hosts.script(host.id, text, options)
    return judged(parseProbe(result.stdout), result, host)
  }
}

/** The output where it is whole; a login script's greeting before it is passed over. */
function judged(output: ProbeOutput, result: CommandResult, host: Host): ProbeOutput {
  const details = { printed: (result.stderr || result.stdout).slice(0, 500) }
  if (output.noProc)
    throw new HeadroomError({
      code: 'NO_PROC',
      fact: `${host.name} has no readable /proc, so nothing can be measured on it.`,
      fix: 'Measure a Linux server, or mount /proc where this login can read it.',
    })
  if (output.complete) return output
  const end = result.exitCode === null ? `signal ${result.signal}` : `exit code ${result.exitCode}`
  throw new HeadroomError({
    code: 'PROBE_FAILED',
    fact: `The probe did not run to its end on ${host.name}; its shell ended with ${end}.`,
    fix: 'Check that this login gets a POSIX shell; what it printed is in the details.',
    details,
  })
}

/** The PostgreSQL to ask, as assignments in front of the script. */
export function parameters(postgres: PostgresProbe | null): string {
  if (!postgres) return ''
  const values = {
    HEADROOM_PG_VIA: postgres.via,
    HEADROOM_PG_CONTAINER: postgres.container,
    HEADROOM_PG_HOST: postgres.socketOrHost,
    HEADROOM_PG_PORT: postgres.port?.toString(),
    HEADROOM_PG_USER: postgres.user,
    HEADROOM_PG_DATABASE: postgres.database,
  }
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoteWord(value)}\n`]))
    .join('')
}
