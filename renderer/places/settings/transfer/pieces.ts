import type { CoreClient } from '../../../../shared/contract/client.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'

/** What one message carries of a file. */
const PIECE_BYTES = 2 << 20

/** `files` of the core, as far as whole workspaces go. */
type Files = Pick<CoreClient['workspaceFile'], 'export' | 'read' | 'receive' | 'take' | 'finish' | 'drop' | 'discard'>
type Progress = (done: number, total: number) => void
export type Looked = Awaited<ReturnType<Files['finish']>>

/**
 * An export as a blob, fetched in pieces. `progress` in bytes.
 * @throws EXPORT_CUT_SHORT where fewer bytes came than were announced; whatever the core refuses
 */
export async function fetchExport(
  files: Files,
  passphrase: string | null,
  progress: Progress,
  cutShort: (came: number, total: number) => { fact: string; fix: string },
): Promise<{ blob: Blob; fileName: string; bytes: number; sha256: string }> {
  const { id, fileName, bytes, sha256 } = await files.export({ passphrase })
  try {
    const pieces: Blob[] = []
    let came = 0
    while (came < bytes) {
      const piece = bytesOf((await files.read({ id, offset: came })).base64)
      if (piece.length === 0) break
      // A blob of its own: the browser keeps those of a large file on the disk.
      pieces.push(new Blob([piece]))
      came += piece.length
      progress(came, bytes)
    }
    if (came !== bytes) throw new HeadroomError({ code: 'EXPORT_CUT_SHORT', ...cutShort(came, bytes) })
    return { blob: new Blob(pieces, { type: 'application/gzip' }), fileName, bytes, sha256 }
  } finally {
    await files.drop({ id })
  }
}

/** Sends a file in pieces and returns what is in it. Null where `signal` ended it: then nothing of it is left. */
export async function sendExport(
  files: Files,
  file: Blob,
  progress: Progress,
  signal: AbortSignal,
): Promise<Looked | null> {
  const { id } = await files.receive({ bytes: file.size })
  try {
    for (let offset = 0; offset < file.size; ) {
      if (signal.aborted) return null
      const base64 = await base64Of(file.slice(offset, offset + PIECE_BYTES))
      offset = (await files.take({ id, offset, base64 })).received
      progress(offset, file.size)
    }
    const looked = await files.finish({ id })
    if (!signal.aborted) return looked
    await files.discard({ id: looked.backup.id })
    return null
  } finally {
    await files.drop({ id })
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

async function base64Of(piece: Blob): Promise<string> {
  const bytes = new Uint8Array(await piece.arrayBuffer())
  const words: string[] = []
  // As many arguments as every engine takes in one call.
  for (let at = 0; at < bytes.length; at += 32_768) words.push(String.fromCharCode(...bytes.subarray(at, at + 32_768)))
  return btoa(words.join(''))
}
