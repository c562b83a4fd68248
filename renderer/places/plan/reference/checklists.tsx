import { Checkbox } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Checklist } from '../../../../shared/model/reference.ts'
import { Panel } from '../../../ui/index.ts'
import { usePlanEditor } from '../edit/use-plan-editor.ts'
import { Leads } from './parts.tsx'
import styles from './reference.module.css'

/** The plan's checklists. A tick is an edit of the plan. */
export function Checklists({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  const { edit } = usePlanEditor()
  return (
    <>
      <p className={styles.soft}>{t('checklists.goes')}</p>
      <div className={styles.columns}>
        {plan.checklists.map((list) => (
          <Panel
            key={list.id}
            title={list.title}
            aside={
              <small className={styles.soft}>
                <Months months={list.months} />{' '}
                {t('checklists.done', { done: list.items.filter((one) => one.done).length, of: list.items.length })}
              </small>
            }
          >
            <ul className={styles.ticks}>
              {list.items.map((item) => (
                <li key={item.id}>
                  <Checkbox
                    size="xs"
                    label={item.text}
                    checked={item.done}
                    onChange={(event) =>
                      edit({
                        op: 'set',
                        path: ['checklists', list.id, 'items', item.id, 'done'],
                        value: event.currentTarget.checked,
                      })
                    }
                  />
                  <Leads plan={plan} to={item} said={item.text} />
                </li>
              ))}
            </ul>
          </Panel>
        ))}
      </div>
    </>
  )
}

function Months({ months }: { months: Checklist['months'] }) {
  const { t } = useTranslation('reference')
  if (!months) return null
  const { min, max } = months
  if (max === null) return <>{t('checklists.monthsFrom', { from: min })} ·</>
  if (min === 0) return <>{t('checklists.first')} ·</>
  return <>{t('checklists.months', { from: min, to: max })} ·</>
}
