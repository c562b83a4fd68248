import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { os } from './base.ts'

/** Kept in the workspace and exported with it, so that the same secrets under the same passphrase are the same bytes again. */
const SALT = 'export.salt'

export const workspaceFileRouter = os.workspaceFile.router({
  export: os.workspaceFile.export.handler(async ({ context: { transfers, hosts, workspace }, input }) => {
    if (input.passphrase === null) return transfers.write(null)
    let salt = workspace.setting(SALT, z.base64().nullable(), null)
    if (salt === null) {
      salt = randomBytes(16).toString('base64')
      workspace.saveSetting(SALT, salt)
    }
    return transfers.write(await hosts.secrets.sealAll(input.passphrase, salt))
  }),
  read: os.workspaceFile.read.handler(({ context: { transfers }, input }) => ({
    base64: transfers.read(input.id, input.offset).toString('base64'),
  })),
  receive: os.workspaceFile.receive.handler(({ context: { transfers }, input }) => transfers.receive(input.bytes)),
  take: os.workspaceFile.take.handler(({ context: { transfers }, input }) =>
    transfers.take(input.id, input.offset, Buffer.from(input.base64, 'base64')),
  ),
  finish: os.workspaceFile.finish.handler(({ context: { transfers }, input }) => transfers.finish(input.id)),
  open: os.workspaceFile.open.handler(({ context: { transfers }, input }) => transfers.open(input.path)),
  drop: os.workspaceFile.drop.handler(({ context: { transfers }, input }) => {
    transfers.drop(input.id)
    return {}
  }),
  discard: os.workspaceFile.discard.handler(({ context: { backups }, input }) => {
    backups.discard(input.id)
    return {}
  }),
})
