/**
 * The core's heap is small and lives long, with a little that dies young: a larger young generation only holds memory. With 200
 * servers 4 MiB a half took 100 MiB off the process, and no time that could be measured; 2 MiB takes 25 MB more off a relay, whose
 * packets are freed with it.
 */
export const CORE_FLAGS: readonly string[] = ['--max-semi-space-size=2']

/**
 * glibc gives each thread that allocates an arena of its own and hardly takes any back: a relay's packets pass through several.
 * Two take 31 MB off a relay's peak of 224. Other systems' allocators do not read it.
 */
export const CORE_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '2' }
