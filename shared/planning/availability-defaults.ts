import type { Stage } from '../model/stage.ts'

type Kind = Stage['nodes'][number]['kind']

/**
 * The share of time that one of a kind is taken to be up where the plan states nothing. These are assumptions and shown as
 * such: for what is rented as a service, the figure that the large clouds promise in their public service level agreements
 * (rounded down where they differ); for what runs on one machine of one's own, their promise for one virtual machine.
 */
export const DEFAULT_AVAILABILITY: Readonly<Record<Kind, number>> = {
  server: 0.995,
  database: 0.995,
  cache: 0.995,
  queue: 0.995,
  monitoring: 0.995,
  cluster: 0.9995,
  'load-balancer': 0.9999,
  cdn: 0.999,
  storage: 0.999,
  registry: 0.999,
  external: 0.999,
}

/** Kinds that a running service goes on without, unless the plan says `optional: false`. */
export const NOT_NEEDED_TO_SERVE: readonly Kind[] = ['monitoring', 'registry']
