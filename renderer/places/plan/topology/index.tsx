import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { topologyDiff } from '../../../../shared/planning/topology-diff.ts'
import { Panel } from '../../../ui/index.ts'
import { DrawingTools } from '../drawing/drawing-tools.tsx'
import { useWidth } from '../drawing/use-width.ts'
import { problemLine } from '../edit/use-draft.ts'
import type { MakeEdit } from '../edit/use-plan-editor.ts'
import { drawnText, type NodeWords, nodeWords } from './describe.ts'
import { type Chosen, Diagram } from './diagram.tsx'
import { LinkForm, NodeForm } from './forms.tsx'
import { type Direction, layoutTopology, nodeRows } from './layout.ts'
import { Palette } from './palette.tsx'
import { TopologyTables } from './tables.tsx'
import styles from './topology.module.css'
import { addLink, addNode, layOutAgain, placeNode, removeNode } from './topology-edits.ts'
import { largestScale } from './use-view.ts'

/** A stage's nodes and links as a drawing or as tables; to read, to compare with another stage, or, with `edit`, to edit. */
export default function Topology(props: {
  plan: Plan
  stage: Stage
  edit?: MakeEdit | undefined
  /** Where stages are chosen here. */
  onStage?: ((stage: string) => void) | undefined
}) {
  const { plan, stage, edit } = props
  const { t } = useTranslation('topology')
  const { t: te } = useTranslation('planEdit')
  const [asked, setAsked] = useState<Direction | null>(null)
  const [against, setAgainst] = useState<string>('')
  const [asTable, setAsTable] = useState(false)
  const [chosen, setChosen] = useState<Chosen>(null)
  const [linking, setLinking] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const form = useRef<HTMLDivElement>(null)
  const svg = useRef<SVGSVGElement>(null)
  const content = useRef<SVGGElement>(null)

  const other = plan.stages.find((one) => one.id === against && one.id !== stage.id)
  const { nodes, links, changes, drawings, texts, words } = useMemo(() => {
    const diff = other ? topologyDiff(other, stage) : null
    const all = diff ? [...stage.nodes, ...diff.removed] : stage.nodes
    const lines = diff?.links ?? stage.links.map((link) => ({ link, change: 'same' as const }))
    const told = new Map(
      all.map((node) => [node.id, nodeWords(node, te(`node.kinds.${node.kind}`), diff?.nodes.get(node.id), t)]),
    )
    const inside = new Map(all.map((node) => [node.id, drawnText(node, all, told.get(node.id) as NodeWords, t)]))
    const heights = new Map([...inside].map(([id, text]) => [id, nodeRows(text).height]))
    const topology = { nodes: [...all], links: lines.map((one) => one.link), positions: stage.positions }
    return {
      nodes: all,
      links: lines,
      changes: diff?.nodes ?? null,
      words: told,
      texts: inside,
      drawings: {
        right: layoutTopology(topology, 'right', heights),
        down: layoutTopology(topology, 'down', heights),
      },
    }
  }, [stage, other, t, te])
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  // Unless told otherwise, the way that can be read best in the room there is.
  const better = largestScale(drawings.down, width) > largestScale(drawings.right, width) * 1.1 ? 'down' : 'right'
  const direction = asked ?? better
  const drawn = drawings[direction]

  const title = t('titleOf', { stage: stage.name })
  const nameOf = (id: string) => stage.nodes.find((node) => node.id === id)?.name || id
  const focusForm = () => requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('input,select')?.focus())
  const doing = edit && {
    place: (id: string, at: { x: number; y: number }) => {
      if (stage.nodes.some((node) => node.id === id)) setProblem(edit(placeNode(stage, id, at, t)))
    },
    link: (from: string, to: string) => {
      if ([from, to].some((id) => !stage.nodes.some((node) => node.id === id))) return
      if (stage.links.some((link) => link.from === from && link.to === to)) {
        const fact = t('linkedTwice', { from: nameOf(from), to: nameOf(to) })
        setProblem({ code: 'LINKED_TWICE', fact, fix: '' })
        return
      }
      setProblem(edit(addLink(stage, from, to)))
    },
    remove: (id: string) => {
      const refused = edit({ op: 'all', edits: removeNode(stage, id, false) })
      setProblem(refused)
      if (refused) setChosen({ node: id })
      else setChosen(null)
    },
    open: focusForm,
  }
  const chosenNode = chosen && 'node' in chosen ? stage.nodes.find((node) => node.id === chosen.node) : undefined
  const chosenLink = chosen && 'link' in chosen ? stage.links[chosen.link] : undefined
  const counted = (change: string) =>
    changes ? [...changes.values()].filter((one) => one.change === change).length : 0
  const choose = (next: Chosen) => {
    setProblem(null)
    setChosen(next)
  }

  return (
    <Panel
      title={t('title')}
      aside={
        <DrawingTools
          title={title}
          asTable={asTable}
          onTable={setAsTable}
          drawing={() =>
            svg.current && {
              svg: svg.current,
              untransformed: content.current,
              frame: { x: drawn.left, y: drawn.top, width: drawn.width, height: drawn.height },
            }
          }
        />
      }
    >
      <div className={styles.bar}>
        {props.onStage && (
          // biome-ignore lint/a11y/noLabelWithoutControl: the select is inside
          <label className={styles.compare}>
            {t('stage')}
            <NativeSelect
              size="xs"
              data={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
              value={stage.id}
              onChange={(event) => props.onStage?.(event.currentTarget.value)}
            />
          </label>
        )}
        {plan.stages.length > 1 && (
          // biome-ignore lint/a11y/noLabelWithoutControl: the select is inside
          <label className={styles.compare}>
            {t('compare')}
            <NativeSelect
              size="xs"
              data={[
                { value: '', label: t('compareNone') },
                ...plan.stages.filter((one) => one.id !== stage.id).map((one) => ({ value: one.id, label: one.name })),
              ]}
              value={other?.id ?? ''}
              onChange={(event) => setAgainst(event.currentTarget.value)}
            />
          </label>
        )}
        <span className={styles.spring} />
        {!asTable && (
          <SegmentedControl
            size="xs"
            aria-label={t('direction')}
            data={[
              { value: 'right', label: t('right') },
              { value: 'down', label: t('down') },
            ]}
            value={direction}
            onChange={(value) => setAsked(value as Direction)}
          />
        )}
        {edit && Object.keys(stage.positions ?? {}).length > 0 && (
          <Button size="compact-xs" variant="default" onClick={() => setProblem(edit(layOutAgain(stage, t)))}>
            {t('again')}
          </Button>
        )}
      </div>
      {other && (
        <p className={styles.help} style={{ marginBlock: '0 8px' }}>
          {t('change.legend', {
            stage: other.name,
            added: counted('added'),
            removed: counted('removed'),
            changed: counted('changed'),
          })}
        </p>
      )}
      <div ref={box}>
        {nodes.length === 0 ? (
          <p className={styles.help}>{edit ? t('noneEdit') : t('none')}</p>
        ) : asTable ? (
          <TopologyTables stage={stage} nodes={nodes} links={links} words={words} changes={changes} />
        ) : (
          width > 0 && (
            <Diagram
              label={t('summary', { stage: stage.name, nodes: nodes.length, links: links.length })}
              nodes={nodes}
              links={links}
              drawn={drawn}
              width={width}
              texts={texts}
              words={words}
              changes={changes}
              chosen={chosen}
              onChoose={choose}
              linking={linking}
              onLinking={setLinking}
              edit={doing}
              svg={svg}
              content={content}
            />
          )
        )}
      </div>
      {nodes.length > 0 && !asTable && (
        <p className={styles.help} data-active={linking !== null || undefined} role="status">
          {linking === null ? (edit ? t('helpEdit') : t('help')) : t('linking', { name: nameOf(linking) })}
        </p>
      )}
      {problem && !chosenNode && (
        <p className={styles.error} role="alert">
          {problemLine(problem)}
        </p>
      )}
      {edit && (
        <>
          <Palette
            onAdd={(kind) => {
              const { id, change } = addNode(stage, kind, te(`node.kinds.${kind}`), t)
              const refused = edit(change)
              setProblem(refused)
              if (refused) return
              setChosen({ node: id })
              focusForm()
            }}
          />
          <div ref={form}>
            {chosenNode && (
              <NodeForm
                key={chosenNode.id}
                stage={stage}
                node={chosenNode}
                edit={edit}
                problem={problem}
                onProblem={setProblem}
                onChoose={choose}
                onLink={(to) => doing?.link(chosenNode.id, to)}
              />
            )}
            {chosenLink && chosen && 'link' in chosen && (
              <LinkForm
                key={`${chosen.link} ${chosenLink.from} ${chosenLink.to}`}
                stage={stage}
                index={chosen.link}
                link={chosenLink}
                edit={edit}
                onChoose={choose}
              />
            )}
          </div>
        </>
      )}
    </Panel>
  )
}
