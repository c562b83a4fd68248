import type { PathStep } from '../format/schema-findings.ts'
import type { FileStep, Step } from './schema.ts'
import { hasRaw } from './template.ts'

/**
 * What may stand in the texts of a kind of step. Each entry is a path within the step; it holds for everything under it.
 * `shell`: run by `sh -c` where it is text, not a list. `secrets`: never shown by a process list. `later`: values that
 * earlier steps leave may stand there, because the text is used only while the run goes on (see later.ts).
 */
interface PlaceRules {
  shell?: readonly string[]
  secrets?: readonly string[]
  later?: readonly string[]
}

const PLACES: Record<FileStep['kind'], PlaceRules> = {
  run: {
    shell: ['command', 'check', 'verify', 'undo'],
    secrets: ['stdin', 'env'],
    later: ['command', 'check', 'verify', 'undo', 'stdin', 'env', 'cwd'],
  },
  'postgres-move': { secrets: ['source.password', 'target.password', 'source.url', 'target.url', 'cutover.url'] },
  template: { secrets: ['text'], later: ['text'] },
  upload: {},
  'edit-env': { secrets: ['set'], later: ['set'] },
  'compose-deploy': { secrets: ['env'] },
  'swarm-deploy': { secrets: ['env'] },
  'swarm-init': {},
  'swarm-join': {},
  'swarm-drain': {},
  'swarm-label': {},
  'swarm-leave': {},
  'swarm-scale': {},
  'k3s-server': { secrets: ['datastore'] },
  'k3s-agent': {},
  'k3s-etcd-snapshot': { secrets: ['s3.access_key', 's3.secret_key'] },
  helm: { secrets: ['values'], later: ['values'] },
  'kubectl-apply': { secrets: ['text'], later: ['text'] },
  manual: { later: ['instructions', 'check'] },
  'http-check': { later: ['url'] },
  approve: { later: ['text'] },
  'wait-for': { shell: ['command'], later: ['command', 'url'] },
  'metric-check': {},
  play: { secrets: ['with'], later: ['with'] },
}

export interface TextPlace {
  path: PathStep[]
  text: string
  /** The text is shell, run by `sh -c`. */
  shell: boolean
  secretsAllowed: boolean
  laterAllowed: boolean
}

/** Every text of a step that is expanded, with what may stand in it. */
export function textsOf(step: FileStep): TextPlace[] {
  const rules = PLACES[step.kind]
  const places: TextPlace[] = []
  const walk = (value: unknown, path: PathStep[]) => {
    if (typeof value === 'string') {
      const under = (paths: readonly string[] | undefined) =>
        (paths ?? []).some((rule) => rule.split('.').every((part, index) => String(path[index]) === part))
      places.push({
        path,
        text: value,
        shell: path.length === 1 && under(rules.shell),
        secretsAllowed: under(rules.secrets),
        laterAllowed: under(rules.later),
      })
    } else if (Array.isArray(value)) value.forEach((item, index) => void walk(item, [...path, index]))
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key])
    }
  }
  for (const [key, value] of Object.entries(step)) if (!UNEXPANDED.has(key)) walk(value, [key])
  return places
}

const UNEXPANDED = new Set(['id', 'kind', 'when', 'register', 'playbook', 'delay', 'every'])

/** Whether any text of the step inserts a value unquoted. */
export function stepHasRaw(step: Step): boolean {
  return textsOf(step).some(({ text }) => hasRaw(text))
}
