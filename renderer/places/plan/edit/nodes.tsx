import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../shared/model/edit.ts'
import { NodeSchema, type Stage } from '../../../../shared/model/stage.ts'
import { idFor } from '../../../../shared/planning/new-plan.ts'
import styles from './edit.module.css'
import { NumberField, SwitchField, TextField } from './fields.tsx'
import { Grid } from './grid.tsx'
import { choiceColumn, numberColumn, textColumn } from './grid-columns.ts'
import type { MakeEdit } from './use-plan-editor.ts'

type Node = Stage['nodes'][number]
type Link = Stage['links'][number]
type Service = Node['services'][number]

/** What a stage is made of: its nodes with sizes and services, and the links between them. */
export function Nodes({ stage, base, edit }: { stage: Stage; base: EditPath; edit: MakeEdit }) {
  const { t } = useTranslation('planEdit')
  const path = useMemo<EditPath>(() => [...base, 'nodes'], [base])
  const columns = useMemo(
    () => [
      textColumn<Node>('name', t('node.name'), 'minmax(120px, 2fr)'),
      choiceColumn<Node>(
        'kind',
        t('node.kind'),
        '118px',
        NodeSchema.shape.kind.options.map((value) => ({ value, label: t(`node.kinds.${value}`) })),
      ),
      numberColumn<Node>('count', t('node.count'), '56px'),
      numberColumn<Node>('vcpu', t('node.vcpu'), '56px', { optional: true }),
      numberColumn<Node>('ramGb', t('node.ram'), '72px', { optional: true }),
      numberColumn<Node>('diskGb', t('node.disk'), '72px', { optional: true }),
      textColumn<Node>('region', t('node.region'), 'minmax(76px, 1fr)', { optional: true }),
    ],
    [t],
  )
  const names = stage.nodes.map((node) => ({ value: node.id, label: node.name }))
  const linkColumns = [
    choiceColumn<Link>('from', t('link.from'), 'minmax(140px, 1fr)', names),
    choiceColumn<Link>('to', t('link.to'), 'minmax(140px, 1fr)', names),
    numberColumn<Link>('availability', t('link.availability'), 'minmax(90px, 1fr)', {
      optional: true,
      in: () => 'ratio',
    }),
  ]
  const nameOf = (id: string) => stage.nodes.find((node) => node.id === id)?.name ?? id
  return (
    <>
      <Grid
        label={t('sections.nodes')}
        noun={t('node.noun')}
        rows={stage.nodes}
        path={path}
        columns={columns}
        edit={edit}
        keyOf={(row) => row.id}
        nameOf={(row) => row.name || row.id}
        blank={(taken) => NodeSchema.parse({ id: idFor('node', taken, 'node'), name: '', kind: 'server' })}
        details={(row, at) => <NodeDetails node={row} path={at} edit={edit} />}
      />
      <h3 className={styles.subheading}>{t('link.title')}</h3>
      {stage.nodes.length < 2 ? (
        <p className={styles.soft}>{t('link.needsTwo')}</p>
      ) : (
        <Grid
          label={t('link.title')}
          noun={t('link.noun')}
          rows={stage.links}
          path={[...base, 'links']}
          columns={linkColumns}
          edit={edit}
          keyOf={(_row, index) => index}
          nameOf={(row) => `${nameOf(row.from)} – ${nameOf(row.to)}`}
          blank={() => ({ from: stage.nodes[0]?.id ?? '', to: stage.nodes[1]?.id ?? '' })}
        />
      )}
    </>
  )
}

/** What a node states beyond its row: id, availability, group, services. */
export function NodeDetails({ node, path, edit }: { node: Node; path: EditPath; edit: MakeEdit }) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Service>('name', t('service.name'), 'minmax(120px, 2fr)'),
      numberColumn<Service>('replicas', t('service.replicas'), '84px'),
      textColumn<Service>('image', t('service.image'), 'minmax(140px, 3fr)', { optional: true }),
    ],
    [t],
  )
  return (
    <>
      <div className={styles.fields}>
        <TextField
          label={t('id')}
          help={t('idHelp')}
          value={node.id}
          path={path}
          edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
        />
        <NumberField
          label={t('node.availability')}
          help={t('node.availabilityHelp')}
          optional
          in="ratio"
          value={node.availability}
          path={[...path, 'availability']}
          edit={edit}
        />
        <NumberField
          label={t('node.needed')}
          help={t('node.neededHelp')}
          optional
          value={node.needed}
          path={[...path, 'needed']}
          edit={edit}
        />
        <TextField
          label={t('node.group')}
          help={t('node.groupHelp')}
          optional
          value={node.group}
          path={[...path, 'group']}
          edit={edit}
        />
        <SwitchField
          label={t('node.optional')}
          optional
          value={node.optional}
          path={[...path, 'optional']}
          edit={edit}
        />
      </div>
      <Grid
        label={t('service.title', { node: node.name || node.id })}
        noun={t('service.noun')}
        rows={node.services}
        path={[...path, 'services']}
        columns={columns}
        edit={edit}
        keyOf={(_row, index) => index}
        nameOf={(row) => row.name}
        blank={() => ({ name: '', replicas: 1 })}
      />
    </>
  )
}
