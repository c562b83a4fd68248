import { useTranslation } from 'react-i18next'
import { formatQuantity, type QuantityUnit } from '../../../../shared/format/quantity.ts'
import { LOAD_RESOURCES, type Load, type LoadResource } from '../../../../shared/model/provider-fit.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import styles from './providers.module.css'

const UNITS: Record<LoadResource, QuantityUnit> = {
  cores: 'cores',
  ram: 'bytes',
  disk: 'bytes',
  traffic: 'bytes',
  connections: 'connections',
}

/** The load itself: each resource, how it was measured, and what is missing. */
export function LoadFacts({ load, margin }: { load: Load; margin: number }) {
  const { t } = useTranslation('providers')
  const percent = (ratio: number) => `${Math.round(ratio * 100)}%`
  const text = (resource: LoadResource, value: number) => {
    const shown = formatQuantity(value, UNITS[resource])
    return resource === 'traffic' ? t('aMonth', { value: shown }) : shown
  }
  return (
    <Panel
      title={t('loadTitle', { name: load.name })}
      aside={<Tag tone={load.measured ? 'good' : 'warn'}>{load.measured ? t('measured') : t('declared')}</Tag>}
    >
      <dl className={styles.load}>
        {LOAD_RESOURCES.map((resource) => {
          const one = load.resources[resource]
          const missing = load.missing.find((entry) => entry.resource === resource)
          return (
            <div key={resource}>
              <dt>{t(`resources.${resource}`)}</dt>
              {one ? (
                <>
                  <dd className={styles.figure}>{text(resource, one.value)}</dd>
                  {margin > 0 && resource !== 'connections' && (
                    <dd>{t('wanted', { value: text(resource, one.value * (1 + margin)) })}</dd>
                  )}
                  <dd title={one.source}>
                    {t(`statistics.${one.statistic}`, {
                      count: one.means,
                      coverage: percent(one.coverage),
                      source: one.source,
                    })}
                  </dd>
                  {resource === 'connections' && <dd>{t('connectionsNote')}</dd>}
                </>
              ) : (
                <>
                  <dd className={styles.soft}>{t('missing')}</dd>
                  {missing && <dd>{`${missing.fact} ${missing.fix}`}</dd>}
                </>
              )}
            </div>
          )
        })}
      </dl>
    </Panel>
  )
}
