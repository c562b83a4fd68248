import { Button, CloseButton, NativeSelect, Slider } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { groupMark } from '../../../../shared/format/number-marks.ts'
import type { Growth } from '../../../../shared/model/growth.ts'
import { countText } from '../reading.ts'
import styles from './assume.module.css'
import { ExactNumber, ExactPercent, Field, PercentField, Row } from './fields.tsx'
import { asKind, GROWTH_KINDS, type GrowthKind } from './growth-kinds.ts'

type Of<Kind extends GrowthKind> = Extract<Growth, { kind: Kind }>

/** The kind of growth of a driver, with the fields of that kind and how much a month strays. */
export function GrowthFields(props: {
  growth: Growth
  present: number
  months: number
  unit: string
  onChange: (growth: Growth) => void
}) {
  const { t } = useTranslation('what-if-assume')
  const { growth, present, months, unit, onChange } = props
  return (
    <>
      <Row label={t('growth.kind')}>
        <NativeSelect
          size="xs"
          aria-label={t('growth.kind')}
          value={growth.kind}
          data={GROWTH_KINDS.map((kind) => ({ value: kind, label: t(`growth.kinds.${kind}`) }))}
          onChange={({ currentTarget }) => onChange(asKind(currentTarget.value as GrowthKind, growth, present, months))}
        />
      </Row>
      {(growth.kind === 'exponential' || growth.kind === 'logistic') && (
        <PercentField
          label={t('growth.rate')}
          help={t(growth.kind === 'logistic' ? 'growth.rateFarHelp' : 'growth.rateHelp')}
          value={growth.monthlyRate}
          slider={[-0.1, 0.5]}
          bounds={[-0.5, 2]}
          onChange={(monthlyRate) => onChange({ ...growth, monthlyRate })}
        />
      )}
      {growth.kind === 'logistic' && (
        <Field
          label={t('growth.ceiling')}
          help={t('growth.ceilingHelp')}
          slider={
            <Slider
              thumbLabel={t('growth.ceiling')}
              min={0}
              max={300}
              label={(position) => countText(ceilingAt(position, present))}
              value={ceilingPosition(growth.ceiling, present)}
              onChange={(position) => onChange({ ...growth, ceiling: ceilingAt(position, present) })}
            />
          }
          input={
            <ExactNumber
              aria-label={t('growth.ceiling')}
              value={growth.ceiling}
              min={1}
              max={1e12}
              thousandSeparator={groupMark()}
              onChange={(ceiling) => onChange({ ...growth, ceiling })}
            />
          }
        />
      )}
      {growth.kind === 'linear' && (
        <Field
          label={t('growth.perMonth')}
          help={t('growth.perMonthHelp', { unit })}
          slider={
            <Slider
              thumbLabel={t('growth.perMonth')}
              min={-50}
              max={200}
              label={(percent) => countText((percent / 100) * steepest(present))}
              value={Math.round((growth.perMonth / steepest(present)) * 100)}
              onChange={(percent) =>
                onChange({ ...growth, perMonth: Number(((percent / 100) * steepest(present)).toPrecision(3)) })
              }
            />
          }
          input={
            <ExactNumber
              aria-label={t('growth.perMonth')}
              value={growth.perMonth}
              min={-1e9}
              max={1e9}
              thousandSeparator={groupMark()}
              onChange={(perMonth) => onChange({ ...growth, perMonth })}
            />
          }
        />
      )}
      {growth.kind === 'drawn' && <DrawnPoints growth={growth} months={months} unit={unit} onChange={onChange} />}
      {growth.kind === 'pieces' && <Pieces growth={growth} present={present} months={months} onChange={onChange} />}
      <PercentField
        label={t('growth.deviation')}
        help={t('growth.deviationHelp')}
        value={growth.deviation}
        slider={[0, 0.3]}
        bounds={[0, 1]}
        onChange={(deviation) => onChange({ ...growth, deviation })}
      />
    </>
  )
}

/** Half the present value a month is steep; somebody who starts from nothing has some figure to slide to. */
const steepest = (present: number): number => Math.max(1, present / 2)
/** From the present value itself to a thousand times that, by powers of ten. */
const ceilingAt = (position: number, present: number): number =>
  Number((Math.max(1, present) * 10 ** (position / 100)).toPrecision(3))
const ceilingPosition = (ceiling: number, present: number): number =>
  Math.max(0, Math.min(300, Math.round(Math.log10(ceiling / Math.max(1, present)) * 100)))

/** The points of a drawn curve; it starts at the present value. Months are kept in order by the engine's own rule. */
function DrawnPoints(props: { growth: Of<'drawn'>; months: number; unit: string; onChange: (growth: Growth) => void }) {
  const { t } = useTranslation('what-if-assume')
  const { growth, onChange } = props
  const set = (points: Of<'drawn'>['points']) => onChange({ ...growth, points })
  const last = growth.points.at(-1) ?? { month: 0, value: 0 }
  return (
    <div className={styles.list}>
      <div className={styles.heads} aria-hidden>
        <span>{t('growth.month')}</span>
        <span>{t('growth.value', { unit: props.unit })}</span>
      </div>
      {growth.points.map((point, index) => {
        const before = growth.points[index - 1]?.month ?? -1
        const after = growth.points[index + 1]?.month ?? 121
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: points have no names, and keep their places
          <div key={index} className={styles.line}>
            <ExactNumber
              size="xs"
              aria-label={t('growth.pointMonth', { point: index + 1 })}
              value={point.month}
              min={before + 1}
              max={after - 1}
              allowDecimal={false}
              onChange={(month) => set(growth.points.with(index, { ...point, month }))}
            />
            <ExactNumber
              size="xs"
              aria-label={t('growth.pointValue', { point: index + 1 })}
              value={point.value}
              min={0}
              max={1e12}
              thousandSeparator={groupMark()}
              onChange={(value) => set(growth.points.with(index, { ...point, value }))}
            />
            <CloseButton
              size="sm"
              aria-label={t('growth.removePoint', { point: index + 1 })}
              disabled={growth.points.length === 1}
              onClick={() => set(growth.points.toSpliced(index, 1))}
            />
          </div>
        )
      })}
      <Button
        variant="default"
        size="compact-xs"
        disabled={last.month >= 120}
        onClick={() => set([...growth.points, { month: Math.min(120, last.month + 6), value: last.value }])}
      >
        {t('growth.addPoint')}
      </Button>
      <p className={styles.hint}>{t('growth.drawnHelp')}</p>
    </div>
  )
}

type Piece = Of<'pieces'>['pieces'][number]

function Pieces(props: { growth: Of<'pieces'>; present: number; months: number; onChange: (growth: Growth) => void }) {
  const { t } = useTranslation('what-if-assume')
  const { growth, present, onChange } = props
  const set = (pieces: Piece[]) => onChange({ ...growth, pieces })
  const last = growth.pieces.at(-1)?.fromMonth ?? 0
  const change = (index: number, piece: Piece) => set(growth.pieces.with(index, piece))
  const kinds = ['exponential', 'linear', 'logistic'] as const
  return (
    <div className={styles.list}>
      {growth.pieces.map((piece, index) => {
        const { law } = piece
        const name = t('growth.piece', { piece: index + 1 })
        const before = growth.pieces[index - 1]?.fromMonth ?? 0
        const after = growth.pieces[index + 1]?.fromMonth ?? 121
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no names, and keep their places
          <fieldset key={index} className={styles.card} aria-label={name}>
            <Row label={index === 0 ? t('growth.fromNow') : t('growth.fromMonth')}>
              {index === 0 ? (
                <span />
              ) : (
                <ExactNumber
                  size="xs"
                  aria-label={`${name}: ${t('growth.fromMonth')}`}
                  value={piece.fromMonth}
                  min={before + 1}
                  max={after - 1}
                  allowDecimal={false}
                  onChange={(fromMonth) => change(index, { ...piece, fromMonth })}
                />
              )}
            </Row>
            <Row label={t('growth.kind')}>
              <NativeSelect
                size="xs"
                aria-label={`${name}: ${t('growth.kind')}`}
                value={law.kind}
                data={kinds.map((kind) => ({ value: kind, label: t(`growth.kinds.${kind}`) }))}
                onChange={({ currentTarget }) => {
                  const other = asKind(
                    currentTarget.value as GrowthKind,
                    { ...law, deviation: 0 },
                    present,
                    props.months,
                  )
                  const { deviation, ...next } = other as Exclude<Growth, { kind: 'drawn' | 'pieces' }>
                  change(index, { ...piece, law: next })
                }}
              />
            </Row>
            {law.kind === 'linear' ? (
              <Row label={t('growth.perMonth')}>
                <ExactNumber
                  size="xs"
                  aria-label={`${name}: ${t('growth.perMonth')}`}
                  value={law.perMonth}
                  min={-1e9}
                  max={1e9}
                  thousandSeparator={groupMark()}
                  onChange={(perMonth) => change(index, { ...piece, law: { ...law, perMonth } })}
                />
              </Row>
            ) : (
              <Row label={t('growth.rate')}>
                <ExactPercent
                  size="xs"
                  aria-label={`${name}: ${t('growth.rate')}`}
                  value={law.monthlyRate}
                  min={-0.5}
                  max={2}
                  onChange={(monthlyRate) => change(index, { ...piece, law: { ...law, monthlyRate } })}
                />
              </Row>
            )}
            {law.kind === 'logistic' && (
              <Row label={t('growth.ceiling')}>
                <ExactNumber
                  size="xs"
                  aria-label={`${name}: ${t('growth.ceiling')}`}
                  value={law.ceiling}
                  min={1}
                  max={1e12}
                  thousandSeparator={groupMark()}
                  onChange={(ceiling) => change(index, { ...piece, law: { ...law, ceiling } })}
                />
              </Row>
            )}
            {index > 0 && (
              <Button
                variant="subtle"
                size="compact-xs"
                aria-label={t('growth.removePiece', { piece: index + 1 })}
                onClick={() => set(growth.pieces.toSpliced(index, 1))}
              >
                {t('remove')}
              </Button>
            )}
          </fieldset>
        )
      })}
      <Button
        variant="default"
        size="compact-xs"
        disabled={last >= 120}
        onClick={() =>
          set([...growth.pieces, { fromMonth: Math.min(120, last + 12), law: { kind: 'exponential', monthlyRate: 0 } }])
        }
      >
        {t('growth.addPiece')}
      </Button>
    </div>
  )
}
