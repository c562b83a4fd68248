import * as z from 'zod'

/** The figures of the fleet's table, by name; each is the newest value of the metric it names, the worst where there are several. */
export const FLEET_FIGURES = {
  cpu: 'cpu_used_ratio',
  steal: 'cpu_steal_ratio',
  iowait: 'cpu_iowait_ratio',
  memory: 'memory_used_ratio',
  swap: 'swap_used_ratio',
  disk: 'disk_used_ratio',
  load: 'load1',
  cores: 'cpu_cores',
  pressure: 'pressure_ratio',
  received: 'network_receive_bytes_per_second',
  sent: 'network_transmit_bytes_per_second',
  units: 'systemd_units_failed',
  connections: 'postgres_connections_used_ratio',
  uptime: 'uptime_seconds',
} as const
export type FleetFigure = keyof typeof FLEET_FIGURES

/** One server of the fleet in figures; what was not measured is not there. */
export const FleetEntrySchema = z.object({
  hostId: z.string(),
  /** Epoch ms of the newest sample; null where there is none. */
  at: z.number().nullable(),
  figures: z.record(z.string(), z.number()),
  /** Where the fullest disk is mounted. */
  mount: z.string().nullable(),
})
export type FleetEntry = z.infer<typeof FleetEntrySchema>

/** What the operator says of a server: free tags, and the stage of the plan that it belongs to. */
export const HostMarksSchema = z.object({
  hostId: z.string(),
  tags: z.array(z.string()),
  stage: z.string().nullable(),
})
export type HostMarks = z.infer<typeof HostMarksSchema>

const TAG_MOST = 40
const TAGS_MOST = 20

/**
 * Tags from a text: separated by commas or blanks, each once, in the order of the alphabet, in small letters, so that "Web" and
 * "web" do not divide a fleet. A sentence where one cannot be a tag.
 */
export function tagsFrom(text: string): { tags: string[] } | { fault: string } {
  const tags = [
    ...new Set(
      text
        .toLowerCase()
        .split(/[\s,]+/u)
        .filter((tag) => tag !== ''),
    ),
  ].sort()
  const bad = tags.find((tag) => !/^[\p{L}\p{N}][\p{L}\p{N}._:/-]*$/u.test(tag))
  if (bad !== undefined)
    return { fault: `“${bad}” is no tag: begin with a letter or digit, then letters, digits and . _ : / - only.` }
  const long = tags.find((tag) => tag.length > TAG_MOST)
  if (long !== undefined) return { fault: `“${long}” is longer than ${TAG_MOST} characters.` }
  if (tags.length > TAGS_MOST) return { fault: `These are ${tags.length} tags; a server takes ${TAGS_MOST}.` }
  return { tags }
}
