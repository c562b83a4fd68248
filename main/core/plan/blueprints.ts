import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { parsePlan } from '../../../shared/planning/plan-file.ts'

const read = new Map<string, Plan[]>()

/**
 * The plans that ship with the product, from every YAML file in `<resources>/blueprints`, sorted by name. Files are read
 * once a process: they change with the product only.
 * @throws HeadroomError YAML_INVALID naming file, line and column; BLUEPRINTS_MISSING; DUPLICATE_BLUEPRINT
 */
export function loadBlueprints(resourcesFolder: string): Plan[] {
  const known = read.get(resourcesFolder)
  if (known) return known
  const folder = join(resourcesFolder, 'blueprints')
  let files: string[]
  try {
    files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  } catch (cause) {
    throw new HeadroomError(
      {
        code: 'BLUEPRINTS_MISSING',
        fact: `The folder ${folder} cannot be read.`,
        fix: 'Install the app again, or give it back its resources folder.',
        value: folder,
      },
      { cause },
    )
  }
  const byId = new Map<string, string>()
  const plans = files.sort().map((name) => {
    const plan = parsePlan(readFileSync(join(folder, name), 'utf8'), name)
    const other = byId.get(plan.id)
    if (other !== undefined) {
      throw new HeadroomError({
        code: 'DUPLICATE_BLUEPRINT',
        fact: `${other} and ${name} both have the id ${plan.id}.`,
        fix: 'Give one of them another id.',
        field: 'id',
        value: plan.id,
      })
    }
    byId.set(plan.id, name)
    return plan
  })
  plans.sort((a, b) => a.name.localeCompare(b.name, 'en'))
  read.set(resourcesFolder, plans)
  return plans
}
