import type { Readings } from './rate-memory.ts'
import { type DerivedSample, sample, share } from './sample.ts'

/** The raw readings have the container's id beside its name, so that one made anew under the name starts its counters anew. */
export function containers(now: Readings): DerivedSample[] {
  return [
    ...now.all('containers').flatMap(({ labels, value }) => sample('docker_containers', value, labels)),
    ...now.all('container_memory_bytes').flatMap(({ labels, value }) => {
      const name = { name: labels.name ?? '' }
      const limit = now.value('container_memory_limit_bytes', labels)
      return [
        ...sample('docker_container_memory_bytes', value, name),
        ...sample('docker_container_memory_used_ratio', share(value, limit), name),
      ]
    }),
    ...now.all('container_cpu_usec').flatMap(({ labels }) => {
      const used = now.perSecond('container_cpu_usec', labels)
      return sample('docker_container_cpu_ratio', used === null ? null : used / 1e6, { name: labels.name ?? '' })
    }),
    ...now.all('container_restarts').flatMap(({ labels, value }) => sample('docker_container_restarts', value, labels)),
    ...now.all('service_replicas').flatMap(({ labels, value }) => {
      const { kind, service = '' } = labels
      if (kind !== 'running' && kind !== 'wanted') return []
      return sample(`docker_service_replicas_${kind}`, value, { service })
    }),
  ]
}
