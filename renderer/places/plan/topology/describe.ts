import type { TFunction } from 'i18next'
import { formatAvailability } from '../../../../shared/format/availability.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { isNeeded } from '../../../../shared/planning/availability-structure.ts'
import type { FieldChange, NodeChange } from '../../../../shared/planning/topology-diff.ts'
import { isBoxed, type NodeText, nodeText } from './layout.ts'

export type TopologyNode = Stage['nodes'][number]
export type TopologyWords = TFunction<'topology'>

const SHOWN_CHANGES = 4

export interface NodeWords {
  kind: string
  size: string
  up: string
  services: string[]
  changes: string[]
  optional: boolean
}

export function nodeWords(
  node: TopologyNode,
  kind: string,
  change: NodeChange | undefined,
  t: TopologyWords,
): NodeWords {
  const needed = node.needed ?? 1
  return {
    kind:
      node.count === 1
        ? kind
        : needed === 1
          ? t('count', { count: node.count, kind })
          : t('countNeeded', { count: node.count, kind, needed }),
    size: [
      node.vcpu !== undefined && t('vcpu', { value: node.vcpu }),
      node.ramGb !== undefined && t('ram', { value: node.ramGb }),
      node.diskGb !== undefined && t('disk', { value: node.diskGb }),
    ]
      .filter(Boolean)
      .join(', '),
    up: node.availability === undefined ? '' : t('up', { share: formatAvailability(node.availability) }),
    services: node.services.map((one) =>
      one.replicas === 1 ? one.name : t('replicas', { name: one.name, replicas: one.replicas }),
    ),
    changes: change?.change === 'changed' ? change.fields.map((field) => fieldWords(field, t)) : [],
    optional: !isNeeded(node),
  }
}

function fieldWords({ field, name = '', before, after }: FieldChange, t: TopologyWords): string {
  const value = (one: string | number | null) => one ?? (field === 'service' ? 0 : t('table.notStated'))
  return t('fieldChange', { field: t(`field.${field}`, { name }), before: value(before), after: value(after) })
}

/** The lines that stand in a node's shape. */
export function drawnText(
  node: TopologyNode,
  all: readonly TopologyNode[],
  words: NodeWords,
  t: TopologyWords,
): NodeText {
  const told = [words.up, words.optional ? t('optional') : ''].filter(Boolean).join(', ')
  const boxed = node.group === undefined || isBoxed(all, node)
  const changes =
    words.changes.length > SHOWN_CHANGES
      ? [...words.changes.slice(0, SHOWN_CHANGES - 1), `+ ${words.changes.length - SHOWN_CHANGES + 1}`]
      : words.changes
  return nodeText({
    name: node.name || node.id,
    facts: [words.kind, words.size, told, boxed ? '' : t('standsIn', { group: node.group ?? '' })].filter(Boolean),
    services: words.services,
    changes,
  })
}
