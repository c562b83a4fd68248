import { Button } from '@mantine/core'
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Seasonality } from '../../../../../shared/model/growth.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { NumberField } from '../fields.tsx'
import { problemLine } from '../use-draft.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import { useStroke } from '../use-stroke.ts'
import { FACTOR_STEP, levelled, meanOf, snappedFactor, topOf } from './factors.ts'
import own from './growth.module.css'

/** How many factors each profile has. */
export const FACTORS = { hourOfDay: 24, dayOfWeek: 7, monthOfYear: 12 } as const satisfies Record<
  keyof Seasonality,
  number
>

/**
 * The factors of a day, a week or a year as bars: drawn over with the mouse, or changed by the arrow keys bar by bar. A stroke of the
 * mouse, or a key held down, is one edit.
 */
export function Profile(props: { part: keyof Seasonality; value: number[] | undefined; edit: MakeEdit }) {
  const { t } = useTranslation('planGrowth')
  const { part, value, edit } = props
  const path: EditPath = ['seasonality', part]
  const box = useRef<HTMLDivElement>(null)
  const [painting, setPainting] = useState(false)
  const [focused, setFocused] = useState(0)
  const [refused, setRefused] = useState<Problem | null>(null)
  const stroke = useStroke<number[]>(value ?? [], (next) => edit({ op: 'set', path, value: next }))
  const problem = stroke.problem ?? refused
  const nameOf = (at: number): string =>
    part === 'hourOfDay'
      ? `${String(at).padStart(2, '0')}:00`
      : part === 'dayOfWeek'
        ? t(`days.${at as 0}`)
        : t(`months.${at as 0}`)
  const make = (next: number[] | undefined) =>
    setRefused(edit(next === undefined ? { op: 'unset', path } : { op: 'set', path, value: next }))
  if (value === undefined)
    return (
      <fieldset className={own.profile} aria-label={t(`parts.${part}`)}>
        <div className={own.profileHead}>
          <b>{t(`parts.${part}`)}</b>
          <span className={own.help}>{t('even')}</span>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`${t('state')}: ${t(`parts.${part}`)}`}
            onClick={() => make(Array.from({ length: FACTORS[part] }, () => 1))}
          >
            {t('state')}
          </Button>
        </div>
        {problem && <span className={own.problem}>{problemLine(problem)}</span>}
      </fieldset>
    )

  const factors = stroke.value
  // While something is drawn the axis stays, so that the bar stays under the pointer.
  const top = topOf(value)
  const mean = meanOf(factors)
  const busiest = factors.indexOf(Math.max(...factors))
  const even = levelled(factors)
  const commit = () => {
    stroke.end()
    setPainting(false)
  }
  const paint = (event: PointerEvent, from: readonly number[]) => {
    const edge = box.current?.getBoundingClientRect()
    if (!edge) return
    const at = Math.floor(((event.clientX - edge.left) / edge.width) * factors.length)
    const index = Math.min(Math.max(at, 0), factors.length - 1)
    const share = 1 - (event.clientY - edge.top) / edge.height
    stroke.draw(from.with(index, snappedFactor(Math.min(Math.max(share, 0), 1) * top)))
  }
  const keys = (at: number, event: KeyboardEvent<HTMLElement>) => {
    const factor = factors[at] as number
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key]
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (by !== undefined) stroke.draw(factors.with(at, snappedFactor(Math.min(factor + by * FACTOR_STEP, 1000))))
    else if (along !== undefined) {
      const next = Math.min(Math.max(at + along, 0), factors.length - 1)
      setFocused(next)
      ;(box.current?.children[next] as HTMLElement | undefined)?.focus()
    } else if (event.key === 'Escape' && stroke.open) {
      event.stopPropagation()
      stroke.drop()
    } else return
    event.preventDefault()
  }
  const every = part === 'hourOfDay' ? 3 : 1
  return (
    <fieldset className={own.profile} aria-label={t(`parts.${part}`)}>
      <div className={own.profileHead}>
        <b>{t(`parts.${part}`)}</b>
        <span className={own.help}>
          {t('mean', { mean: mean.toFixed(2), top: (factors[busiest] ?? 0).toFixed(2), at: nameOf(busiest) })}
        </span>
        {part !== 'monthOfYear' && Math.abs(mean - 1) > 0.005 && (
          <Button size="compact-xs" variant="default" disabled={!even} onClick={() => even && make(even)}>
            {t('level')}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`${t('clear')}: ${t(`parts.${part}`)}`}
          onClick={() => make(undefined)}
        >
          {t('clear')}
        </Button>
      </div>
      <div
        ref={box}
        className={own.bars}
        style={{ '--one': `${(1 - 1 / top) * 100}%` } as CSSProperties}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          setPainting(true)
          paint(event, factors)
        }}
        onPointerMove={(event) => painting && paint(event, factors)}
        onPointerUp={commit}
        onPointerCancel={() => {
          stroke.drop()
          setPainting(false)
        }}
      >
        {factors.map((factor, at) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the hour, day or month is the key
            key={at}
            role="slider"
            tabIndex={at === focused ? 0 : -1}
            className={own.bar}
            title={t('factorText', { name: nameOf(at), factor })}
            aria-label={`${t(`parts.${part}`)}, ${nameOf(at)}`}
            aria-orientation="vertical"
            aria-valuemin={0}
            aria-valuemax={Math.max(top, factor)}
            aria-valuenow={factor}
            style={{ '--height': `${Math.min(factor / top, 1) * 100}%` } as CSSProperties}
            onFocus={() => setFocused(at)}
            onKeyDown={(event) => keys(at, event)}
            onKeyUp={() => !painting && commit()}
            onBlur={() => !painting && commit()}
          />
        ))}
      </div>
      <div className={own.names} aria-hidden="true">
        {factors.map((_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the hour, day or month is the key
          <span key={at}>
            {at % every === 0 ? (part === 'hourOfDay' ? String(at).padStart(2, '0') : nameOf(at)) : ''}
          </span>
        ))}
      </div>
      {part !== 'monthOfYear' && Math.abs(mean - 1) > 0.02 && (
        <span className={own.help}>{t(mean > 1 ? 'meanOff' : 'meanOffLess', { mean: mean.toFixed(2) })}</span>
      )}
      {problem && (
        <span className={own.problem} role="alert">
          {problemLine(problem)}
        </span>
      )}
      <details>
        <summary>{t('asTable')}</summary>
        <div className={own.factors}>
          {value.map((factor, at) => (
            <NumberField
              // biome-ignore lint/suspicious/noArrayIndexKey: the hour, day or month is the key
              key={at}
              label={nameOf(at)}
              value={factor}
              path={[...path, at]}
              edit={edit}
            />
          ))}
        </div>
      </details>
    </fieldset>
  )
}
