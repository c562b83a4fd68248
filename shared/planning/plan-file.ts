import { parseYamlDocument } from '../format/yaml-document.ts'
import { type Plan, PlanSchema } from '../model/plan.ts'
import { checkPlan } from './check-plan.ts'

/**
 * A plan from the text of its YAML file: the schema's shape, and every reference in it (stages, drivers, metrics) known.
 * @throws HeadroomError YAML_INVALID; `details` lists each problem with its line and column
 */
export function parsePlan(text: string, fileName: string): Plan {
  return parseYamlDocument(text, fileName, PlanSchema, checkPlan)
}
