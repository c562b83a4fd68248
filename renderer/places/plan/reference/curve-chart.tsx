import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Calculation } from '../../../../shared/model/reference.ts'
import { numberText } from './cell-text.ts'
import styles from './reference.module.css'
import type { Reference } from './use-reference.ts'

const WIDTH = 560
const HEIGHT = 120
const PAD = { left: 8, right: 8, top: 14, bottom: 20 }

/** The last column of a curve over its first: the computed line, and the stated points and ranges beside it. */
export function CurveChart(props: { plan: Plan; one: Calculation; found: Reference['tables'][number] }) {
  const { t } = useTranslation('reference')
  const { one, plan, found } = props
  const [x, y] = [one.columns[0], one.columns.at(-1)]
  if (!x || !y) return null
  const points = one.rows.flatMap((row) => {
    const at = row.cells[x.id]
    const cell = found.rows.find((each) => each.id === row.id)?.cells[y.id]
    if (typeof at !== 'number' || !cell?.computed) return []
    const said = typeof cell.stated === 'number' ? { min: cell.stated, max: cell.stated } : cell.stated
    const stated = said === null || typeof said === 'string' ? null : { min: said.min, max: said.max ?? said.min }
    return [{ id: row.id, at, computed: cell.computed.min, stated }]
  })
  const furthest = Math.max(...points.map((row) => row.at))
  const highest = Math.max(...points.map((row) => Math.max(row.computed, row.stated?.max ?? 0)), 1e-9)
  const px = (value: number) => PAD.left + (value / furthest) * (WIDTH - PAD.left - PAD.right)
  const py = (value: number) => HEIGHT - PAD.bottom - (value / highest) * (HEIGHT - PAD.top - PAD.bottom)
  return (
    <svg className={styles.curve} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={one.title}>
      <line x1={PAD.left} x2={WIDTH - PAD.right} y1={py(0)} y2={py(0)} className={styles.axis} />
      <polyline
        points={points.map(({ at, computed }) => `${px(at)},${py(computed)}`).join(' ')}
        className={styles.drawn}
      />
      {points.map(({ id, at, computed, stated }) => (
        <g key={id}>
          {stated && (
            <line x1={px(at)} x2={px(at)} y1={py(stated.min) + 3} y2={py(stated.max) - 3} className={styles.stated} />
          )}
          <circle cx={px(at)} cy={py(computed)} r="3" className={styles.point} />
          <text x={px(at)} y={HEIGHT - 6} textAnchor={at === furthest ? 'end' : 'middle'}>
            {numberText(at, x.unit, plan.currency)}
          </text>
        </g>
      ))}
      <text x={PAD.left} y={10}>
        {numberText(highest, y.unit, plan.currency)}
      </text>
      <line x1={PAD.left + 70} x2={PAD.left + 86} y1={6} y2={6} className={styles.drawn} />
      <text x={PAD.left + 92} y={10}>
        {t('table.drawn')}
      </text>
      <line x1={PAD.left + 166} x2={PAD.left + 166} y1={2} y2={10} className={styles.stated} />
      <text x={PAD.left + 174} y={10}>
        {t('table.said')}
      </text>
    </svg>
  )
}
