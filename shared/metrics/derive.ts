import type { Service } from '../model/service.ts'
import { storedValue } from './catalogue.ts'
import { containers } from './derive-docker.ts'
import { host } from './derive-host.ts'
import { postgres } from './derive-postgres.ts'
import { services } from './derive-services.ts'
import type { ProbeOutput } from './probe-output.ts'
import { type RateMemory, Readings } from './rate-memory.ts'
import type { DerivedSample } from './sample.ts'

export { type RateMemory, remember } from './rate-memory.ts'
export type { DerivedSample } from './sample.ts'

/** What a round needs besides its output: this computer's time, and the services that were asked. */
export interface RoundContext {
  at: number
  services: readonly Service[]
}

/**
 * Metrics from raw readings. Rates need the memory of earlier rounds of the same host: without one, after a restart of the
 * host or of the service, and where a counter went back, there is no rate, never a wrong one. A rate spans the time since
 * its counter was last read, so that a missed round loses nothing.
 */
export function deriveSamples(
  memory: RateMemory | null,
  current: ProbeOutput,
  context: RoundContext | null = null,
): DerivedSample[] {
  const now = new Readings(current, memory)
  const samples = [
    ...host(now, context?.at ?? null),
    ...containers(now),
    ...postgres(now),
    ...services(now, context?.services ?? [], context?.at ?? null),
  ]
  if (current.durationMs !== null) samples.push({ metric: 'probe_duration_ms', labels: {}, value: current.durationMs })
  if (current.cpuMs !== null) samples.push({ metric: 'probe_cpu_ms', labels: {}, value: current.cpuMs })
  return stored(samples)
}

/** Values with the precision they are stored with; what is no finite number is left out. */
export function stored(samples: readonly DerivedSample[]): DerivedSample[] {
  return samples
    .filter(({ value }) => Number.isFinite(value))
    .map((each) => ({ ...each, value: storedValue(each.metric, each.value, each.unit) }))
}
