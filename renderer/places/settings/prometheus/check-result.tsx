import { Autocomplete, Button, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../../shared/format/duration.ts'
import type { PrometheusCheck } from '../../../../shared/model/prometheus.ts'
import { ProblemNotice, Tag } from '../../../ui/index.ts'
import styles from './prometheus.module.css'

type Texts = Record<string, string>
interface Source {
  metric: string
  exporter: string
  expr: string
}

/** What a look at a server found: its hosts with their names there, and each metric with its series and its expression. */
export function CheckResult(props: {
  check: PrometheusCheck
  sources: readonly Source[]
  names: Texts
  onNames: (names: Texts) => void
  expressions: Texts
  onExpressions: (expressions: Texts) => void
}) {
  const { t } = useTranslation('prometheus')
  const { check } = props
  const duration = formatDuration(check.tookMs)
  const known = check.hosts.filter(({ value }) => value !== null).length
  const found = check.metrics.filter(({ series }) => series > 0).length
  return (
    <div className={styles.result} role="status">
      {check.problem ? (
        <ProblemNotice problem={check.problem} />
      ) : (
        <div className={styles.row}>
          <Tag tone="good">
            {check.version === null ? t('answered', { duration }) : t('version', { version: check.version, duration })}
          </Tag>
        </div>
      )}
      {check.warnings.length > 0 && (
        <div>
          <strong>{t('warnings')}</strong>
          <ul className={styles.left}>
            {check.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </div>
      )}
      {check.hosts.length > 0 && (
        <details open={known < check.hosts.length}>
          <summary>{t('hostsKnown', { count: known, all: check.hosts.length })}</summary>
          <Hosts {...props} />
        </details>
      )}
      {check.metrics.length > 0 && (
        <details>
          <summary>{t('metricsFound', { count: found, all: check.metrics.length })}</summary>
          <small className={styles.quiet}>{t('expressionHelp')}</small>
          <Metrics {...props} />
        </details>
      )}
    </div>
  )
}

function Hosts({ check, names, onNames }: { check: PrometheusCheck; names: Texts; onNames: (names: Texts) => void }) {
  const { t } = useTranslation('prometheus')
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={t('hosts')}>
        <thead>
          <tr>
            <th scope="col">{t('server')}</th>
            <th scope="col">{t('knownAs')}</th>
          </tr>
        </thead>
        <tbody>
          {check.hosts.map(({ hostId, name, value }) => (
            <tr key={hostId}>
              <td>{name}</td>
              <td>
                <Autocomplete
                  size="xs"
                  aria-label={`${t('knownAs')}: ${name}`}
                  data={check.values}
                  limit={50}
                  value={names[hostId] ?? value ?? ''}
                  placeholder={t('notKnown')}
                  onChange={(text) => {
                    const { [hostId]: _before, ...others } = names
                    onNames(text.trim() === '' || text === value ? others : { ...others, [hostId]: text.trim() })
                  }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Metrics(props: {
  check: PrometheusCheck
  sources: readonly Source[]
  expressions: Texts
  onExpressions: (expressions: Texts) => void
}) {
  const { t } = useTranslation('prometheus')
  const { check, sources, expressions, onExpressions } = props
  const without = (metric: string): Texts =>
    Object.fromEntries(Object.entries(expressions).filter(([name]) => name !== metric))
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={t('metrics')}>
        <thead>
          <tr>
            <th scope="col">{t('metric')}</th>
            <th scope="col" className={styles.number}>
              {t('series')}
            </th>
            <th scope="col">{t('expression')}</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ metric, exporter, expr }) => {
            const one = check.metrics.find((each) => each.metric === metric)
            const changed = expressions[metric]
            return (
              <tr key={metric}>
                <td>
                  <code>{metric}</code>
                  <br />
                  <small className={styles.quiet}>{exporter}</small>
                </td>
                <td className={styles.number}>{one?.series ?? '–'}</td>
                <td className={styles.expression}>
                  <Textarea
                    size="xs"
                    autosize
                    minRows={1}
                    maxRows={6}
                    classNames={{ input: styles.mono }}
                    aria-label={t('expressionOf', { metric })}
                    value={changed ?? expr}
                    error={one?.problem?.fact}
                    spellCheck={false}
                    onChange={(event) => {
                      const text = event.currentTarget.value
                      onExpressions(text === expr ? without(metric) : { ...expressions, [metric]: text })
                    }}
                  />
                  {changed !== undefined && (
                    <Button size="compact-xs" variant="subtle" onClick={() => onExpressions(without(metric))}>
                      {t('usual')}
                    </Button>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
