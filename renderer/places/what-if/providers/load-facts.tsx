import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import { formatAsSold } from '../../../../shared/format/sold.ts'
import { LOAD_RESOURCES, type Load, type LoadResource } from '../../../../shared/model/provider-fit.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import styles from './providers.module.css'

/** The load itself: each resource, how it was measured, and what is missing. */
export function LoadFacts({ load, margin }: { load: Load; margin: number }) {
  const { t } = useTranslation('providers')
  const percent = (ratio: number) =>
    ratio > 0 && ratio < 0.01 ? t('underOne') : formatQuantity(ratio, 'ratio', { digits: 0 })
  const text = (resource: LoadResource, value: number) => {
    // Beside offers, so in the units of offers.
    const shown =
      resource === 'cores' || resource === 'connections'
        ? formatQuantity(value, resource)
        : formatAsSold(value, resource)
    return resource === 'traffic' ? t('aMonth', { value: shown }) : shown
  }
  const known = LOAD_RESOURCES.flatMap((resource) => {
    const one = load.resources[resource]
    return one ? [{ resource, one }] : []
  })
  const thin = known.some(({ one }) => one.coverage < HALF)
  return (
    <Panel
      title={t('loadTitle', { name: load.name })}
      aside={
        <Tag tone={load.measured && !thin ? 'good' : 'warn'}>
          {load.measured ? t(thin ? 'thin' : 'measured') : t('declared')}
        </Tag>
      }
    >
      <dl className={styles.load}>
        {known.map(({ resource, one }) => (
          <div key={resource}>
            <dt>{t(`resources.${resource}`)}</dt>
            <dd className={styles.figure}>{text(resource, one.value)}</dd>
            {margin > 0 && resource !== 'connections' && (
              <dd>{t('wanted', { value: text(resource, one.value * (1 + margin)) })}</dd>
            )}
            <dd className={styles.long} title={one.source}>
              {t(`statistics.${one.statistic}`, {
                count: one.means,
                coverage: percent(one.coverage),
                source: one.source,
              })}
            </dd>
            {resource === 'connections' && <dd>{t('connectionsNote')}</dd>}
          </div>
        ))}
      </dl>
      {load.missing.length > 0 && (
        <ul className={styles.missing} aria-label={t('missing')}>
          {load.missing.map(({ resource, fact, fix }) => (
            <li key={resource}>
              <b>{t(`resources.${resource}`)}</b> {`${fact} ${fix}`}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** Under this share of the window a figure may well miss what the window would have shown. */
const HALF = 0.5
