/**
 * The core's heap is small and lives long, with a little that dies young: beyond 2 MiB a half, the young generation only holds
 * memory. With 200 servers it takes 100 MiB off the process, and no time that can be measured.
 */
export const CORE_FLAGS: readonly string[] = ['--max-semi-space-size=2']
