import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../shared/model/edit.ts'
import { referenceFields } from '../../../../shared/model/reference.ts'
import { Panel } from '../../../ui/index.ts'
import styles from './edit.module.css'
import { NumberField, TextField } from './fields.tsx'
import { Growth } from './growth/growth.tsx'
import { SeasonalityFields } from './growth/seasonality.tsx'
import { DecisionPoints } from './plan/decision-points.tsx'
import { DemandRows } from './plan/demand.tsx'
import { Drivers } from './plan/drivers.tsx'
import { Events } from './plan/events.tsx'
import { GuardRails } from './plan/guard-rails.tsx'
import { Milestones } from './plan/milestones.tsx'
import { Needs } from './plan/needs.tsx'
import { Optimisations } from './plan/optimisations.tsx'
import type { PlanPartProps } from './plan/part.ts'
import { Rates } from './plan/rates.tsx'
import { AlertRules } from './reference/alerts.tsx'
import { Bottlenecks } from './reference/bottlenecks.tsx'
import { Calculations } from './reference/calculations.tsx'
import { Checklists } from './reference/checklists.tsx'
import { Components } from './reference/components.tsx'
import { DecisionTrees } from './reference/decision-trees.tsx'
import { FactTables } from './reference/fact-tables.tsx'
import { Options } from './reference/options.tsx'
import { Runbooks } from './reference/runbooks.tsx'
import { SignLists } from './reference/signs.tsx'
import { Strategies } from './reference/strategies.tsx'
import { YearlyFields } from './reference/yearly.tsx'
import { YamlPart } from './yaml-part.tsx'

const GROWTH: EditPath = ['growth']

/** What belongs to the plan as a whole: money, drivers and their growth, demand, needs, guard rails, milestones, free fixes. */
export function PlanEditor({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const { t: advice } = useTranslation('planReference')
  const primary = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return (
    <div className={styles.stack}>
      <Panel title={t('plan.about')}>
        <div className={styles.fields}>
          <div className={styles.broadField}>
            <TextField label={t('plan.name')} value={plan.name} path={['name']} edit={edit} />
          </div>
          <div className={styles.broadField}>
            <TextField label={t('plan.source')} optional value={plan.source} path={['source']} edit={edit} />
          </div>
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
            in="ratio"
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
        <Growth
          label={t('plan.growthOf')}
          value={plan.growth}
          present={primary?.present ?? 0}
          unit={primary?.unit ?? ''}
          path={GROWTH}
          edit={edit}
        />
        <h3 className={styles.subheading}>{t('plan.events')}</h3>
        <Events plan={plan} edit={edit} />
        <h3 className={styles.subheading}>{t('yaml.seasonality')}</h3>
        <SeasonalityFields value={plan.seasonality} edit={edit} />
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
        <DecisionPoints plan={plan} edit={edit} />
      </Panel>
      <Panel title={t('plan.optimisations')}>
        <Optimisations plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('options.title')}>
        <Options plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('checklists.title')}>
        <Checklists plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('trees.title')}>
        <DecisionTrees plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('runbooks.title')}>
        <Runbooks plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('signs.title')}>
        <SignLists plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('strategies.title')}>
        <Strategies plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('alerts.title')}>
        <AlertRules plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('bottlenecks.title')}>
        <Bottlenecks plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('components.title')}>
        <Components plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('calculations.title')}>
        <Calculations plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('yearly.title')}>
        <YearlyFields plan={plan} edit={edit} />
      </Panel>
      <Panel title={advice('tables.title')}>
        <FactTables plan={plan} edit={edit} />
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
          ]}
          edit={edit}
        />
      </Panel>
    </div>
  )
}
