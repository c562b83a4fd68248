import { METRICS } from '../../../shared/metrics/catalogue.ts'
import { CheckWindow } from '../../../shared/metrics/check-window.ts'
import { stored } from '../../../shared/metrics/derive.ts'
import type { DerivedSample } from '../../../shared/metrics/sample.ts'
import { problemOf } from '../../../shared/model/problem.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { Service, ServiceTrial } from '../../../shared/model/service.ts'
import type { Hosts } from '../hosts/index.ts'
import { askKubernetes } from './kubernetes.ts'
import { askedHere, checkHere } from './laptop-checks.ts'
import type { Rounds } from './rounds.ts'
import { askedOnHost } from './service-calls.ts'

export interface TrialDependencies {
  hosts: Pick<Hosts, 'script'>
  rounds: Rounds
  now: () => number
  signal: AbortSignal
}

/** Asks one service from wherever it is asked from, and gives what came or what was said. Throws nothing of the service's own. */
export async function tryService(
  { hosts, rounds, now, signal }: TrialDependencies,
  hostId: string,
  service: Service,
  secret: Secret | null,
): Promise<ServiceTrial> {
  const began = performance.now()
  const samples: DerivedSample[] = []
  const problems: string[] = []
  const attempt = async (work: () => Promise<{ samples: DerivedSample[]; problems: string[] }>) => {
    try {
      const result = await work()
      samples.push(...result.samples)
      problems.push(...result.problems)
    } catch (error) {
      const { fact, fix } = problemOf(error)
      problems.push(`${fact} ${fix}`)
    }
  }
  if (askedOnHost(service)) await attempt(() => rounds.attempt(hostId, service, secret, signal))
  if (askedHere(service))
    await attempt(async () => {
      const result = await checkHere(service, secret, new CheckWindow(), now, signal)
      return { samples: result.samples, problems: result.problem === null ? [] : [result.problem] }
    })
  if (service.kind === 'kubernetes')
    await attempt(async () => ({ samples: await askKubernetes(hosts, hostId, service, signal), problems: [] }))
  return {
    values: stored(samples).map(({ metric, labels, value, unit }) => ({
      metric,
      labels,
      value,
      unit: unit ?? METRICS[metric]?.unit ?? 'count',
    })),
    problems,
    durationMs: performance.now() - began,
  }
}
