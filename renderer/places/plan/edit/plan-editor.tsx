import { NativeSelect } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import { type Demand, DemandSchema, type DriverSchema, type Plan } from '../../../../shared/model/plan.ts'
import { referenceFields } from '../../../../shared/model/reference.ts'
import { FUNCTIONS } from '../../../../shared/planning/formula.ts'
import { idAfterNaming, idFor } from '../../../../shared/planning/new-plan.ts'
import { Panel } from '../../../ui/index.ts'
import { ConditionField } from './condition-field.tsx'
import styles from './edit.module.css'
import { LinesField, ManyField, NumberField, TextField } from './fields.tsx'
import { Grid } from './grid.tsx'
import { checkColumn, choiceColumn, numberColumn, readNumber, textColumn } from './grid-columns.ts'
import { Growth } from './growth.tsx'
import { AddButton, Card } from './stage-editor.tsx'
import type { MakeEdit } from './use-plan-editor.ts'
import { YamlPart } from './yaml-part.tsx'

interface Props {
  plan: Plan
  edit: MakeEdit
}
type Driver = ReturnType<typeof DriverSchema.parse>
type Optimisation = Plan['optimisations'][number]
type Milestone = Plan['milestones'][number]
type GrowthEvent = Plan['events'][number]

/** What belongs to the plan as a whole: money, drivers and their growth, demand, needs, guard rails, milestones, free fixes. */
export function PlanEditor({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  return (
    <div className={styles.stack}>
      <Panel title={t('plan.about')}>
        <div className={styles.fields}>
          <TextField label={t('plan.name')} value={plan.name} path={['name']} edit={edit} />
          <TextField label={t('plan.source')} optional value={plan.source} path={['source']} edit={edit} />
          <TextField
            label={t('plan.currency')}
            help={t('plan.currencyHelp')}
            value={plan.currency}
            path={['currency']}
            edit={edit}
          />
          <NumberField
            label={t('plan.vat')}
            help={t('plan.vatHelp')}
            optional
            value={plan.vat?.rate}
            path={['vat']}
            edit={(one) => (one.op === 'set' ? edit({ ...one, value: { ...plan.vat, rate: one.value } }) : edit(one))}
          />
          {plan.vat && <TextField label={t('plan.vatName')} value={plan.vat.name} path={['vat', 'name']} edit={edit} />}
          <div className={styles.wideField}>
            <TextField label={t('plan.summary')} lines value={plan.summary} path={['summary']} edit={edit} />
          </div>
        </div>
        <h3 className={styles.subheading}>{t('plan.rates', { currency: plan.currency })}</h3>
        <Rates plan={plan} edit={edit} />
      </Panel>
      <Panel title={t('plan.drivers')}>
        <Drivers plan={plan} edit={edit} />
      </Panel>
      <Panel title={t('plan.growth')}>
        <Growth label={t('plan.growthOf')} value={plan.growth} path={['growth']} edit={edit} />
        <h3 className={styles.subheading}>{t('plan.events')}</h3>
        <Events plan={plan} edit={edit} />
        <YamlPart
          parts={[{ label: t('yaml.seasonality'), path: ['seasonality'], value: plan.seasonality }]}
          edit={edit}
        />
      </Panel>
      <Panel title={t('plan.demand')}>
        <DemandRows plan={plan} edit={edit} />
      </Panel>
      <Panel title={t('plan.needs')}>
        <Needs plan={plan} edit={edit} />
      </Panel>
      <Panel title={t('plan.guardRails')}>
        <GuardRails plan={plan} edit={edit} />
      </Panel>
      <Panel title={t('plan.roadmap')}>
        <Milestones plan={plan} edit={edit} />
        <h3 className={styles.subheading}>{t('plan.decisionPoints')}</h3>
        <LinesField
          label={t('plan.decisionPoints')}
          help={t('plan.decisionHelp')}
          value={plan.decisionPoints.map((point) => (typeof point === 'string' ? point : point.text))}
          path={['decisionPoints']}
          edit={(one) =>
            edit(
              one.op === 'set'
                ? {
                    ...one,
                    value: (one.value as string[]).map(
                      (text) =>
                        plan.decisionPoints.find((point) => typeof point !== 'string' && point.text === text) ?? text,
                    ),
                  }
                : one,
            )
          }
        />
      </Panel>
      <Panel title={t('plan.optimisations')}>
        <Optimisations plan={plan} edit={edit} />
      </Panel>
      <Panel title={t('plan.more')}>
        <YamlPart
          parts={[
            ...Object.keys(referenceFields).map((key) => ({
              label: t(`reference.${key as keyof typeof referenceFields}`),
              path: [key],
              value: plan[key as keyof typeof referenceFields],
            })),
            { label: t('reference.tables'), path: ['tables'], value: plan.tables },
            { label: t('reference.decisionPoints'), path: ['decisionPoints'], value: plan.decisionPoints },
          ]}
          edit={edit}
        />
      </Panel>
    </div>
  )
}

const idOf = (row: { id: string }): string => row.id
const nameOf = (row: { id: string; name: string }): string => row.name || row.id
/** What formulas already mean by a name. */
const formulaNames = (plan: Plan): string[] => [
  ...FUNCTIONS,
  ...plan.drivers.map((one) => one.id),
  ...plan.demand.map((one) => one.resource),
]

interface Pair {
  key: string
  value: number | boolean
}

function Rates({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const rates = Object.entries(plan.rates ?? {}).map(([key, value]) => ({ key, value }))
  return (
    <div className={styles.fields}>
      {rates.map(({ key, value }) => (
        <NumberField
          key={key}
          label={t('plan.rateOf', { currency: key })}
          help={t('plan.rateHelp')}
          optional
          unit={plan.currency}
          value={value}
          path={['rates', key]}
          edit={edit}
        />
      ))}
      <TextField
        key={`add ${rates.length}`}
        label={t('plan.addRate')}
        placeholder="USD 0.92"
        value=""
        path={['rates']}
        edit={(one) => {
          const typed = one.op === 'set' ? String(one.value).trim() : ''
          const match = /^([A-Za-z]{3})\s*[:=]?\s*([\d.,]+)$/.exec(typed)
          if (typed === '') return null
          if (!match)
            return {
              code: 'RATE_INVALID',
              fact: t('plan.rateFact', { text: typed }),
              fix: t('plan.rateFix'),
              value: typed,
            }
          return edit({ op: 'set', path: ['rates', String(match[1]).toUpperCase()], value: readNumber(match[2] ?? '') })
        }}
      />
    </div>
  )
}

function Drivers({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Driver>('name', t('driver.name'), 'minmax(150px, 2fr)'),
      textColumn<Driver>('unit', t('driver.unit'), 'minmax(90px, 1fr)'),
      numberColumn<Driver>('present', t('driver.present'), 'minmax(100px, 1fr)'),
      {
        ...checkColumn<Driver>('primary', t('driver.primary'), '110px', [t('no'), t('yes')]),
        change: (text: string, path: (string | number)[]) => ({
          op: 'all' as const,
          // One driver at most is the primary one.
          edits: [
            ...plan.drivers
              .filter((one) => one.primary)
              .map((one) => ({ op: 'unset' as const, path: ['drivers', one.id, 'primary'] })),
            ...(text === 'yes' ? [{ op: 'set' as const, path: [...path, 'primary'], value: true }] : []),
          ],
          reason: t('driver.primaryChanged'),
        }),
      },
    ],
    [t, plan.drivers],
  )
  return (
    <Grid
      label={t('plan.drivers')}
      noun={t('driver.noun')}
      rows={plan.drivers}
      path={['drivers']}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      idOf={(row, name, taken) => idAfterNaming(row.id, 'driver', name, [...taken, ...formulaNames(plan)])}
      blank={(taken) => ({ id: idFor('driver', taken, 'driver'), name: t('driver.new'), unit: '', present: 0 })}
      details={(row, path) => (
        <div className={styles.stack}>
          <div className={styles.fields}>
            <TextField
              label={t('id')}
              help={t('idHelp')}
              value={row.id}
              path={path}
              edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
            />
          </div>
          <Growth label={t('driver.growth')} optional value={row.growth} path={[...path, 'growth']} edit={edit} />
        </div>
      )}
    />
  )
}

function Events({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<GrowthEvent>('name', t('event.name'), 'minmax(140px, 2fr)'),
      textColumn<GrowthEvent>('from', t('event.from'), '104px'),
      textColumn<GrowthEvent>('to', t('event.to'), '104px'),
      numberColumn<GrowthEvent>('multiplier', t('event.multiplier'), '90px'),
      numberColumn<GrowthEvent>('probability', t('event.probability'), '96px'),
      choiceColumn<GrowthEvent>(
        'driver',
        t('event.driver'),
        'minmax(110px, 1fr)',
        plan.drivers.map((one) => ({ value: one.id, label: one.name })),
        { optional: t('event.every') },
      ),
    ],
    [t, plan.drivers],
  )
  return (
    <Grid
      label={t('plan.events')}
      noun={t('event.noun')}
      rows={plan.events}
      path={['events']}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      blank={(taken) => ({
        id: idFor('event', taken, 'event'),
        name: t('event.new'),
        from: '2027-11-26',
        to: '2027-11-30',
        multiplier: 2,
        probability: 1,
      })}
    />
  )
}

function DemandRows({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Demand>('name', t('demand.name'), 'minmax(130px, 2fr)'),
      choiceColumn<Demand>(
        'unit',
        t('demand.unit'),
        '104px',
        DemandSchema.shape.unit.options.map((value) => ({ value, label: t(`unit.${value}`) })),
      ),
      choiceColumn<Demand>(
        'driver',
        t('demand.driver'),
        'minmax(110px, 1fr)',
        plan.drivers.map((one) => ({ value: one.id, label: one.name })),
      ),
      numberColumn<Demand>('base', t('demand.base'), 'minmax(96px, 1fr)'),
      numberColumn<Demand>('rate', t('demand.rate'), 'minmax(96px, 1fr)'),
      numberColumn<Demand>('alpha', t('demand.alpha'), '72px', { optional: true }),
      textColumn<Demand>('assumed', t('demand.assumed'), 'minmax(150px, 2fr)'),
    ],
    [t, plan.drivers],
  )
  return (
    <Grid<Demand>
      label={t('plan.demand')}
      noun={t('demand.noun')}
      rows={plan.demand}
      path={['demand']}
      columns={columns}
      edit={edit}
      keyOf={(row) => row.resource}
      nameOf={(row) => row.name || row.resource}
      idOf={(row, name, taken) => idAfterNaming(row.resource, 'resource', name, [...taken, ...formulaNames(plan)])}
      blank={(taken) => ({
        resource: idFor('resource', [...taken, ...plan.drivers.map((one) => one.id)], 'resource'),
        name: t('demand.new'),
        unit: 'count',
        driver: plan.drivers[0]?.id ?? '',
        base: 0,
        rate: 0,
        assumed: '',
      })}
      details={(row, path) => (
        <div className={styles.fields}>
          <TextField
            label={t('id')}
            help={t('demand.idHelp')}
            value={row.resource}
            path={path}
            edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
          />
          <NativeSelect
            size="xs"
            label={t('demand.metric')}
            description={t('demand.metricHelp')}
            data={[{ value: '', label: t('notStated') }, ...Object.keys(METRICS)]}
            value={row.metric ?? ''}
            onChange={(event) => {
              const { value } = event.currentTarget
              edit(
                value === ''
                  ? { op: 'unset', path: [...path, 'metric'] }
                  : { op: 'set', path: [...path, 'metric'], value },
              )
            }}
          />
        </div>
      )}
    />
  )
}

function Needs({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const rows: Pair[] = Object.entries(plan.needs).map(([key, value]) => ({ key, value }))
  return (
    <div className={styles.fields}>
      {rows.map(({ key, value }) => (
        <TextField
          key={key}
          label={key}
          help={t('need.help')}
          value={typeof value === 'boolean' ? (value ? t('yes') : t('no')) : String(value)}
          path={['needs', key]}
          edit={(one) => {
            const typed = one.op === 'set' ? String(one.value).trim() : ''
            if (typed === '') return edit({ op: 'remove', path: ['needs', key] })
            const asked = typed.toLowerCase()
            const next = asked === t('yes') ? true : asked === t('no') ? false : readNumber(typed)
            return edit({ op: 'set', path: ['needs', key], value: next })
          }}
        />
      ))}
      <TextField
        key={`add ${rows.length}`}
        label={t('need.add')}
        placeholder="backup-region"
        value=""
        path={['needs']}
        edit={(one) => {
          const typed = one.op === 'set' ? String(one.value).trim() : ''
          if (typed === '') return null
          const key = idFor(typed, Object.keys(plan.needs), 'need')
          return edit({ op: 'set', path: ['needs', key], value: false })
        }}
      />
    </div>
  )
}

function GuardRails({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const stages = plan.stages.map((one) => ({ value: one.id, label: one.name }))
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return (
    <div className={styles.stack}>
      {plan.guardRails.map((rail) => {
        const path = ['guardRails', rail.id]
        return (
          <Card key={rail.id} title={rail.text || rail.id} noun={t('rail.noun')} path={path} edit={edit}>
            <div className={styles.fields}>
              <div className={styles.wideField}>
                <TextField label={t('rail.text')} value={rail.text} path={[...path, 'text']} edit={edit} />
              </div>
              <div className={styles.wideField}>
                <ManyField
                  label={t('rail.against')}
                  value={rail.against}
                  choices={stages}
                  path={[...path, 'against']}
                  edit={edit}
                />
              </div>
            </div>
            {rail.when ? (
              <ConditionField
                label={t('rail.when')}
                plan={plan}
                value={rail.when}
                path={[...path, 'when']}
                edit={edit}
              />
            ) : (
              <AddButton
                label={t('rail.addWhen')}
                onClick={() =>
                  edit({
                    op: 'set',
                    path: [...path, 'when'],
                    value: { driver: driver?.id ?? '', op: '<', value: driver?.present ?? 0 },
                  })
                }
              />
            )}
          </Card>
        )
      })}
      <AddButton
        label={t('rail.add')}
        onClick={() =>
          edit({
            op: 'insert',
            path: ['guardRails'],
            value: {
              id: idFor(
                'rail',
                plan.guardRails.map((one) => one.id),
                'rail',
              ),
              text: t('rail.new'),
              against: [],
            },
          })
        }
      />
    </div>
  )
}

function Milestones({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Milestone>('name', t('milestone.name'), 'minmax(180px, 3fr)'),
      choiceColumn<Milestone>(
        'stage',
        t('milestone.stage'),
        'minmax(140px, 2fr)',
        plan.stages.map((one) => ({ value: one.id, label: one.name })),
      ),
      checkColumn<Milestone>('done', t('task.done'), '90px', [t('task.open'), t('task.isDone')]),
    ],
    [t, plan.stages],
  )
  return (
    <Grid
      label={t('plan.milestones')}
      noun={t('milestone.noun')}
      rows={plan.milestones}
      path={['milestones']}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      blank={(taken) => ({ id: idFor('milestone', taken, 'milestone'), name: '', stage: plan.stage, done: false })}
    />
  )
}

function Optimisations({ plan, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Optimisation>('name', t('optimisation.name'), 'minmax(150px, 2fr)'),
      textColumn<Optimisation>('cost', t('optimisation.cost'), 'minmax(70px, 1fr)'),
      textColumn<Optimisation>('effect', t('optimisation.effect'), 'minmax(120px, 2fr)'),
      textColumn<Optimisation>('how', t('optimisation.how'), 'minmax(180px, 3fr)'),
      checkColumn<Optimisation>('applied', t('optimisation.applied'), '84px', [t('no'), t('yes')]),
    ],
    [t],
  )
  return (
    <Grid
      label={t('plan.optimisations')}
      noun={t('optimisation.noun')}
      rows={plan.optimisations}
      path={['optimisations']}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      blank={(taken) => ({
        id: idFor('fix', taken, 'fix'),
        name: '',
        cost: '$0',
        effect: '',
        how: '',
        helps: [],
      })}
      details={(row, path) => (
        <div className={styles.fields}>
          <LinesField
            label={t('optimisation.helps')}
            help={t('optimisation.helpsHelp')}
            value={row.helps}
            path={[...path, 'helps']}
            edit={edit}
          />
          <TextField
            label={t('optimisation.playbook')}
            optional
            value={row.playbook}
            path={[...path, 'playbook']}
            edit={edit}
          />
        </div>
      )}
    />
  )
}
