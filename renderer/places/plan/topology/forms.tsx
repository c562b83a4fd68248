import { Button, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../shared/model/problem.ts'
import { NodeSchema, type Stage } from '../../../../shared/model/stage.ts'
import editStyles from '../edit/edit.module.css'
import { ChoiceField, NumberField, TextField } from '../edit/fields.tsx'
import { NodeDetails } from '../edit/nodes.tsx'
import { problemLine } from '../edit/use-draft.ts'
import type { MakeEdit } from '../edit/use-plan-editor.ts'
import type { TopologyNode } from './describe.ts'
import type { Chosen } from './diagram.tsx'
import styles from './topology.module.css'
import { removeNode } from './topology-edits.ts'

/** Everything of the chosen node, its links, and taking it out. */
export function NodeForm(props: {
  stage: Stage
  node: TopologyNode
  edit: MakeEdit
  problem: Problem | null
  onProblem: (problem: Problem | null) => void
  onChoose: (chosen: Chosen) => void
  onLink: (to: string) => void
}) {
  const { t } = useTranslation('topology')
  const { t: te } = useTranslation('planEdit')
  const { stage, node, edit } = props
  const path = ['stages', stage.id, 'nodes', node.id]
  const links = stage.links.flatMap((link, index) =>
    link.from === node.id || link.to === node.id ? [{ link, index }] : [],
  )
  const nameOf = (id: string) => stage.nodes.find((one) => one.id === id)?.name || id
  const others = stage.nodes.filter(
    (one) => one.id !== node.id && !stage.links.some((link) => link.from === node.id && link.to === one.id),
  )
  const remove = (withLinks: boolean) => {
    const reason = t('removed', { name: node.name, stage: stage.name }).slice(0, 200)
    const edits = removeNode(stage, node.id, withLinks)
    const refused = edit(withLinks ? { op: 'all', edits, reason } : { op: 'all', edits })
    props.onProblem(refused)
    if (!refused) props.onChoose(null)
  }
  return (
    <section className={styles.form} aria-label={t('selected', { name: node.name || node.id })}>
      <div className={styles.formHead}>
        <h3>{node.name || node.id}</h3>
        <Button size="compact-xs" variant="default" onClick={() => remove(false)}>
          {t('remove')}
        </Button>
        {links.length > 0 && (
          <Button size="compact-xs" variant="default" onClick={() => remove(true)}>
            {t('removeWithLinks', { count: links.length })}
          </Button>
        )}
        <Button size="compact-xs" variant="subtle" onClick={() => props.onChoose(null)}>
          {t('close')}
        </Button>
      </div>
      {props.problem && (
        <p className={styles.error} role="alert">
          {problemLine(props.problem)}
        </p>
      )}
      <div className={editStyles.fields}>
        <TextField label={te('node.name')} value={node.name} path={[...path, 'name']} edit={edit} />
        <ChoiceField
          label={te('node.kind')}
          value={node.kind}
          choices={NodeSchema.shape.kind.options.map((value) => ({ value, label: te(`node.kinds.${value}`) }))}
          path={[...path, 'kind']}
          edit={edit}
        />
        <NumberField label={te('node.count')} value={node.count} path={[...path, 'count']} edit={edit} />
        <NumberField label={te('node.vcpu')} optional value={node.vcpu} path={[...path, 'vcpu']} edit={edit} />
        <NumberField label={te('node.ram')} optional value={node.ramGb} path={[...path, 'ramGb']} edit={edit} />
        <NumberField label={te('node.disk')} optional value={node.diskGb} path={[...path, 'diskGb']} edit={edit} />
        <TextField label={te('node.region')} optional value={node.region} path={[...path, 'region']} edit={edit} />
        {others.length > 0 && (
          <NativeSelect
            size="xs"
            label={t('linkTo')}
            data={[
              { value: '', label: t('linkToChoose') },
              ...others.map((one) => ({ value: one.id, label: one.name || one.id })),
            ]}
            value=""
            onChange={(event) => event.currentTarget.value !== '' && props.onLink(event.currentTarget.value)}
          />
        )}
      </div>
      {links.length > 0 && (
        <fieldset className={styles.linkList} aria-label={t('links')}>
          {links.map(({ link, index }) => (
            <button key={`${link.from} ${link.to}`} type="button" onClick={() => props.onChoose({ link: index })}>
              {link.from === node.id
                ? t('linkInto', { name: nameOf(link.to) })
                : t('linkFrom', { name: nameOf(link.from) })}
            </button>
          ))}
        </fieldset>
      )}
      <NodeDetails node={node} path={path} edit={edit} />
    </section>
  )
}

export function LinkForm(props: {
  stage: Stage
  index: number
  link: Stage['links'][number]
  edit: MakeEdit
  onChoose: (chosen: Chosen) => void
}) {
  const { t } = useTranslation('topology')
  const { t: te } = useTranslation('planEdit')
  const { stage, index, link, edit } = props
  const path = ['stages', stage.id, 'links', index]
  const nameOf = (id: string) => stage.nodes.find((one) => one.id === id)?.name || id
  const names = stage.nodes.map((one) => ({ value: one.id, label: one.name || one.id }))
  return (
    <section className={styles.form} aria-label={t('selectedLink', { from: nameOf(link.from), to: nameOf(link.to) })}>
      <div className={styles.formHead}>
        <h3>{t('selectedLink', { from: nameOf(link.from), to: nameOf(link.to) })}</h3>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            if (!edit({ op: 'remove', path })) props.onChoose(null)
          }}
        >
          {t('remove')}
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={() => props.onChoose(null)}>
          {t('close')}
        </Button>
      </div>
      <div className={editStyles.fields}>
        <ChoiceField label={te('link.from')} value={link.from} choices={names} path={[...path, 'from']} edit={edit} />
        <ChoiceField label={te('link.to')} value={link.to} choices={names} path={[...path, 'to']} edit={edit} />
        <NumberField
          label={te('link.availability')}
          help={t('availabilityHelp')}
          optional
          in="ratio"
          value={link.availability}
          path={[...path, 'availability']}
          edit={edit}
        />
      </div>
    </section>
  )
}
