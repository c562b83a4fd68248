import type ssh2 from 'ssh2'

type Library = typeof ssh2
let library: Library | null = null

/** Reads the SSH library, once: it tries out what the machine can cipher, which no start should wait for. */
export async function readSshLibrary(): Promise<Library> {
  library ??= (await import('ssh2')).default
  return library
}

/** The library, which whoever connects has read by then. */
export function sshLibrary(): Library {
  if (library === null) throw new Error('The SSH library has not been read.')
  return library
}
