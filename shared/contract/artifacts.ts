import * as z from 'zod'
import { ArtifactsSchema, ComparedSchema } from '../model/artifact.ts'
import { ImportedHostSchema, ImportedServicesSchema } from '../model/imported.ts'
import { procedure } from './procedure.ts'

const stage = z.string().max(200).optional().describe('default: the stage the operator is on')
const folder = z.string().min(1).max(4000).describe('on the computer of the core, from the root or from ~/')
const file = z.object({ text: z.string().max(2_000_000), fileName: z.string().max(400) })

/** Files made of a stage. NO_PLAN, UNKNOWN_STAGE. */
export const artifacts = {
  /** `folder` is where files of this stage were written last; null: nowhere yet. */
  make: procedure.input(z.object({ stage })).output(ArtifactsSchema.extend({ folder: z.string().nullable() })),
  /**
   * The files beside what a folder holds; without `folder` the one they were written to last. FOLDER_NOT_NAMED,
   * FOLDER_RELATIVE, FOLDER_UNREADABLE.
   * @param all also those that are not of the stage's own way of running things
   */
  compare: procedure
    .input(z.object({ stage, folder: folder.optional(), all: z.boolean().default(false) }))
    .output(z.object({ stage: z.string(), folder: z.string(), files: z.array(ComparedSchema) })),
  /**
   * Writes files; all or none are allowed to begin. A file that somebody else changed is written over only with the digest
   * of what is there in `confirmed`. UNKNOWN_ARTIFACT, ARTIFACT_EDITED, ARTIFACT_IN_THE_WAY, FILE_NOT_WRITTEN.
   */
  write: procedure
    .input(
      z.object({
        stage,
        folder,
        ids: z.array(z.string()).min(1).max(5000),
        confirmed: z.record(z.string(), z.string()).default({}).describe('by path: the digest that was seen'),
      }),
    )
    .output(z.object({ folder: z.string(), written: z.array(z.string()), same: z.array(z.string()) })),
  /** The services of a Compose file, for a look before they are put into the plan. YAML_INVALID, COMPOSE_EMPTY. */
  readCompose: procedure.input(file).output(ImportedServicesSchema),
  /** The hosts of an Ansible inventory, INI or YAML. YAML_INVALID, INVENTORY_INVALID, INVENTORY_EMPTY. */
  readInventory: procedure
    .input(file)
    .output(
      z.object({ format: z.enum(['ini', 'yaml']), hosts: z.array(ImportedHostSchema), left: z.array(z.string()) }),
    ),
}
