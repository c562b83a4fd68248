/** Under which names a workspace travels. */
export const EXPORT_EXTENSION = '.headroom'
