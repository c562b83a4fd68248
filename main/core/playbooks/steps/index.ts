import type { Step } from '../../../../shared/playbook/schema.ts'
import { httpCheck } from './http-check.ts'
import { manual } from './manual.ts'
import { postgresMove } from './postgres-move/index.ts'
import { runCommand } from './run.ts'
import type { StepHandler } from './step.ts'
import { swarmScale } from './swarm-scale.ts'

const handlers: { [K in Step['kind']]: StepHandler<K> } = {
  run: runCommand,
  'postgres-move': postgresMove,
  'swarm-scale': swarmScale,
  manual,
  'http-check': httpCheck,
}

/** What a step of this kind does. */
export function handlerOf<S extends Step>(step: S): StepHandler {
  return handlers[step.kind] as unknown as StepHandler
}
