import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { AdditionCheck, AdditionRow } from '../../../../shared/model/addition.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { locale } from '../../../app/words/locale.ts'
import { Tag, type Tone } from '../../../ui/index.ts'
import { valueText } from '../judgements.ts'
import styles from './addition.module.css'

const TONES: Readonly<Record<AdditionCheck['answer'], Tone>> = {
  fits: 'good',
  tight: 'warn',
  'does-not-fit': 'bad',
  unknown: 'neutral',
}

/** The answer in a sentence, why, what to do before, and every rule with its room. */
export function Answer({ check, plan, stale }: { check: AdditionCheck; plan: Plan; stale: boolean }) {
  const { t } = useTranslation('addition')
  const reasons = check.reasons.filter((reason) => !check.headline.includes(reason))
  return (
    <div className={styles.stack} aria-busy={stale} data-stale={stale || undefined}>
      <p className={styles.headline} role="status">
        <Tag tone={TONES[check.answer]}>{t(`answers.${check.answer}`)}</Tag> {check.headline}
      </p>
      {reasons.length > 0 && (
        <ul className={styles.reasons}>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {check.stage && !check.stage.isPresent && (
        <p>
          <a href={`#/plan?stage=${encodeURIComponent(check.stage.id)}`}>
            {t('seeStage', { stage: check.stage.name })}
          </a>
        </p>
      )}
      {check.rows.length > 0 && <Rows rows={check.rows} plan={plan} />}
      {check.rows.some((row) => row.basis === 'measured') && <p className={styles.small}>{t('busy')}</p>}
      {check.first.length > 0 && (
        <section>
          <h3 className={styles.small}>{t('first')}</h3>
          <ol className={styles.first}>
            {check.first.map((one) => (
              <li key={one.text}>
                {one.text} {one.kind === 'runbook' && one.fired && <Tag tone="warn">{t('holds')}</Tag>}
                {one.playbook !== null && (
                  <a href={`#/playbooks/${encodeURIComponent(one.playbook)}`}>{t('playbook')}</a>
                )}
                {one.detail !== '' && <small>{one.detail}</small>}
              </li>
            ))}
          </ol>
        </section>
      )}
      <Lines title={t('tooSmall')} lines={check.tooSmall.map(({ name, why }) => `${name}: ${why}`)} />
      <Lines title={t('unknown')} lines={check.unknown} />
    </div>
  )
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  return lines.length === 0 ? null : (
    <details className={styles.more}>
      <summary>
        {title} ({lines.length})
      </summary>
      <ul className={styles.reasons}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  )
}

function Rows({ rows, plan }: { rows: readonly AdditionRow[]; plan: Plan }) {
  const { t } = useTranslation('addition')
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={t('table')}>
        <thead>
          <tr>
            <th scope="col">{t('rule')}</th>
            <th scope="col">{t('now')}</th>
            <th scope="col">{t('planned')}</th>
            <th scope="col">{t('limit')}</th>
            <th scope="col">{t('room')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-state={row.state}>
              <th scope="row">
                {row.name}
                <small title={basisText(row)}>
                  {row.origin === 'limit' ? `${t(`severity.${row.severity}`)} · ` : ''}
                  {row.basis === 'measured' ? t('basis.measuredPlain') : t(`basis.${row.basis}`)}
                </small>
              </th>
              <td>
                {row.source ? (
                  <a
                    href={`#/servers/${encodeURIComponent(row.source.hostId)}?metric=${encodeURIComponent(row.source.metric)}&from=${row.source.from}&to=${row.source.to}`}
                    aria-label={t('chartOf', { name: row.name, host: row.source.hostName })}
                    title={basisText(row)}
                  >
                    {valueText(row.now, row.unit)}
                  </a>
                ) : (
                  valueText(row.now, row.unit)
                )}
              </td>
              <td>
                {row.state === 'inside' ? (
                  valueText(row.planned, row.unit)
                ) : (
                  <Tag tone={row.severity === 'critical' ? 'bad' : 'warn'}>
                    {row.planned === null ? t('holdsThen') : valueText(row.planned, row.unit)}
                  </Tag>
                )}
              </td>
              <td>{valueText(row.threshold, row.unit)}</td>
              <td>{roomText(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )

  function basisText(row: AdditionRow): string {
    const { source } = row
    if (source === null || row.basis !== 'measured')
      return row.basis === 'measured' ? t('basis.measuredPlain') : t(`basis.${row.basis}`)
    const since = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(source.from)
    const words = t('basis.measured', { since, host: source.hostName })
    return row.perUnit === null ? words : `${words}; ${t('perUnit', { value: valueText(row.perUnit, row.unit) })}`
  }

  function roomText({ room }: AdditionRow): string {
    if (room === null) return t('endless')
    return Object.entries(room)
      .map(([id, amount]) => {
        const unit = plan.drivers.find((one) => one.id === id)?.unit ?? id
        return `${formatQuantity(amount, 'count')} ${unit}`
      })
      .join(', ')
  }
}
