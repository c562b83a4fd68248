import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { SampleSchema, type SampleWorkspace } from '../../../shared/samples/recording.ts'

const read = new Map<string, SampleWorkspace[]>()

/** The sample workspaces that ship with the product, in the order of their blueprints' ids. Files are read once a process. */
export function loadSamples(resourcesFolder: string): SampleWorkspace[] {
  const known = read.get(resourcesFolder)
  if (known) return known
  const folder = join(resourcesFolder, 'samples')
  const samples = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => SampleSchema.parse(parse(readFileSync(join(folder, name), 'utf8'))))
  read.set(resourcesFolder, samples)
  return samples
}
