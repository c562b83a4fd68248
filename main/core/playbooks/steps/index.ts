import type { Step } from '../../../../shared/playbook/schema.ts'
import { approve } from './approve.ts'
import {
  composeDeploy,
  swarmDeploy,
  swarmDrain,
  swarmInit,
  swarmJoin,
  swarmLabel,
  swarmLeave,
  swarmScale,
} from './docker/index.ts'
import { editEnv, template, upload } from './files/index.ts'
import { httpCheck } from './http-check.ts'
import { helm, k3sEtcdSnapshot, k3sNode, kubectlApply } from './kubernetes/index.ts'
import { manual } from './manual.ts'
import { metricCheck } from './metric-check.ts'
import { postgresMove } from './postgres-move/index.ts'
import { resumable } from './resumable.ts'
import { runCommand } from './run.ts'
import type { StepHandler } from './step.ts'
import { waitFor } from './wait-for.ts'

const handlers: { [K in Step['kind']]: StepHandler<K> } = {
  run: runCommand,
  'postgres-move': postgresMove,
  template: resumable(template),
  upload: resumable(upload),
  'edit-env': resumable(editEnv),
  'compose-deploy': resumable(composeDeploy),
  'swarm-deploy': resumable(swarmDeploy),
  'swarm-init': resumable(swarmInit),
  'swarm-join': resumable(swarmJoin),
  'swarm-drain': resumable(swarmDrain),
  'swarm-label': resumable(swarmLabel),
  'swarm-leave': resumable(swarmLeave),
  'swarm-scale': resumable(swarmScale),
  'k3s-server': resumable<'k3s-server'>(k3sNode),
  'k3s-agent': resumable<'k3s-agent'>(k3sNode),
  'k3s-etcd-snapshot': resumable(k3sEtcdSnapshot),
  helm: resumable(helm),
  'kubectl-apply': resumable(kubectlApply),
  manual,
  'http-check': httpCheck,
  approve,
  'wait-for': waitFor,
  'metric-check': metricCheck,
}

/** What a step of this kind does. */
export function handlerOf<S extends Step>(step: S): StepHandler {
  return handlers[step.kind] as unknown as StepHandler
}
