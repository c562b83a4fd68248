import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import { Leads, State, Steps } from './parts.tsx'
import styles from './reference.module.css'
import type { Reference } from './use-reference.ts'

/** Signs that something is due, each judged where it is measured, and what to do then. */
export function SignsList({ plan, judged }: { plan: Plan; judged: Reference['judged'] | undefined }) {
  const { t } = useTranslation('reference')
  return plan.signs.map((group) => {
    const stateOf = (id: string) => judged?.[`signs/${group.id}/items/${id}`]
    const measured = group.items.flatMap((one) => stateOf(one.id) ?? [])
    const held = measured.filter((one) => one.state === 'fired').length
    return (
      <Panel
        key={group.id}
        title={group.title}
        aside={
          <span className={styles.line}>
            <small className={styles.soft}>
              {measured.length > 0 ? t('signs.some', { held, judged: measured.length }) : t('signs.none')}
            </small>
            <Tag>{t(`signs.${group.direction}`)}</Tag>
          </span>
        }
      >
        <ul className={styles.rows}>
          {group.items.map((one) => (
            <li key={one.id}>
              <span>{one.text}</span>
              <State judged={stateOf(one.id)} />
            </li>
          ))}
        </ul>
        <Leads plan={plan} to={group} />
        {group.actions.length > 0 && (
          <>
            <h3 className={styles.small}>{t('signs.after')}</h3>
            <Steps plan={plan} steps={group.actions} place={`signs/${group.id}`} judged={judged} />
          </>
        )}
      </Panel>
    )
  })
}
