import type { Edit, EditPath } from '../../../../shared/model/edit.ts'
import { NodeSchema, type Stage } from '../../../../shared/model/stage.ts'
import { idFor } from '../../../../shared/planning/new-plan.ts'
import type { TopologyNode, TopologyWords } from './describe.ts'
import type { Point } from './layout.ts'

/** What is done in the drawing, as edits of the plan. */

const baseOf = (stage: Stage): EditPath => ['stages', stage.id]
const nameIn = (stage: Stage, id: string): string => stage.nodes.find((node) => node.id === id)?.name || id

export function placeNode(stage: Stage, id: string, at: Point, t: TopologyWords): Edit {
  return {
    op: 'all',
    edits: [{ op: 'set', path: [...baseOf(stage), 'positions', id], value: { x: at.x, y: at.y } }],
    reason: t('placed', { name: nameIn(stage, id), stage: stage.name }).slice(0, 200),
  }
}

export function layOutAgain(stage: Stage, t: TopologyWords): Edit {
  return {
    op: 'all',
    edits: [{ op: 'unset', path: [...baseOf(stage), 'positions'] }],
    reason: t('laidOut', { stage: stage.name }).slice(0, 200),
  }
}

export function addNode(
  stage: Stage,
  kind: TopologyNode['kind'],
  kindName: string,
  t: TopologyWords,
): { id: string; change: Edit } {
  const id = idFor(
    kind,
    stage.nodes.map((node) => node.id),
    'node',
  )
  const name = t('newName', { kind: kindName })
  return {
    id,
    change: {
      op: 'all',
      edits: [{ op: 'insert', path: [...baseOf(stage), 'nodes'], value: NodeSchema.parse({ id, name, kind }) }],
      reason: t('added', { name, stage: stage.name }).slice(0, 200),
    },
  }
}

export function addLink(stage: Stage, from: string, to: string): Edit {
  return { op: 'insert', path: [...baseOf(stage), 'links'], value: { from, to } }
}

/** The steps that take a node out with its place; its links keep it, unless they go too. */
export function removeNode(stage: Stage, id: string, withLinks: boolean): Edit[] {
  const edits: Edit[] = []
  if (withLinks) {
    // From the last on, so that the places of the others stay.
    for (const [at, link] of [...stage.links.entries()].toReversed())
      if (link.from === id || link.to === id) edits.push({ op: 'remove', path: [...baseOf(stage), 'links', at] })
  }
  if (stage.positions?.[id] !== undefined) edits.push({ op: 'unset', path: [...baseOf(stage), 'positions', id] })
  edits.push({ op: 'remove', path: [...baseOf(stage), 'nodes', id] })
  return edits
}
