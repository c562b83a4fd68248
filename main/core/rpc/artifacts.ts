import { readComposeFile } from '../../../shared/artifacts/imports/compose.ts'
import { readInventory } from '../../../shared/artifacts/imports/inventory.ts'
import { os } from './base.ts'

export const artifactsRouter = os.artifacts.router({
  make: os.artifacts.make.handler(({ context, input }) => context.artifacts.make(input.stage)),
  compare: os.artifacts.compare.handler(({ context, input }) => context.artifacts.compare(input)),
  write: os.artifacts.write.handler(({ context, input }) => context.artifacts.write(input)),
  readCompose: os.artifacts.readCompose.handler(({ input }) => readComposeFile(input.text, input.fileName)),
  readInventory: os.artifacts.readInventory.handler(({ input }) => readInventory(input.text, input.fileName)),
})
