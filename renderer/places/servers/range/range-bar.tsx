import { ActionIcon, Button, Popover, TextInput } from '@mantine/core'
import { ChevronLeft, ChevronRight, Radio, ZoomIn, ZoomOut } from 'lucide-react'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../../shared/format/duration.ts'
import { now } from '../../../app/clock.ts'
import { locale } from '../../../app/words/locale.ts'
import { moved, stretched } from '../../../charts/index.ts'
import { ChoiceRow } from '../../../ui/index.ts'
import styles from './range.module.css'
import { fieldTime, held, SPAN_NAMES, SPANS, type Span, timeField } from './range.ts'
import type { TimeRange } from './use-range.ts'
import { type RangeKey, useRangeKeys } from './use-range-keys.ts'

/** Chooses what all panels of a page show: the last of something, a stretch from and to, earlier and later, nearer and farther. */
export function RangeBar({ time, aside }: { time: TimeRange; aside?: ReactNode }) {
  const { t } = useTranslation('servers')
  const { range, window } = time
  const fixed = range.kind === 'fixed' || time.moving
  const atEnd = window.to >= now() - 1000
  const changed: Readonly<Record<RangeKey, () => void>> = {
    '[': () => time.set(held(moved(window, -0.5), now())),
    ']': () => time.set(held(moved(window, 0.5), now())),
    '-': () => time.set(held(stretched(window, 2), now())),
    '+': () => time.set(held(stretched(window, 0.5), now())),
  }
  useRangeKeys((key) => {
    if (key !== ']' || !atEnd) changed[key]()
  })
  const tool = (label: string, icon: ReactNode, key: RangeKey, disabled = false) => (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={label}
      title={t('range.withKey', { label, key })}
      aria-keyshortcuts={key === '+' ? 'Plus' : key}
      onClick={changed[key]}
      disabled={disabled}
    >
      {icon}
    </ActionIcon>
  )
  return (
    <section className={styles.bar} aria-label={t('range.title')}>
      <ChoiceRow<Span>
        label={t('page.range')}
        value={fixed || range.kind !== 'last' ? null : range.span}
        onChange={(span) => time.set({ kind: 'last', span })}
        choices={SPAN_NAMES.map((name) => ({ value: name, label: t(`page.ranges.${name}`) }))}
      />
      <CustomRange key={`${range.kind} ${window.to - window.from}`} time={time} pressed={fixed} />
      <div className={styles.tools}>
        {tool(t('range.earlier'), <ChevronLeft size={16} />, '[')}
        {tool(t('range.later'), <ChevronRight size={16} />, ']', atEnd)}
        {tool(t('range.out'), <ZoomOut size={15} />, '-')}
        {tool(t('range.in'), <ZoomIn size={15} />, '+')}
      </div>
      {fixed ? (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Radio size={13} aria-hidden="true" />}
          onClick={() => time.set({ kind: 'last', span: nearestSpan(window.to - window.from) })}
        >
          {t('range.follow')}
        </Button>
      ) : (
        <span className={styles.live}>
          <Radio size={13} aria-hidden="true" /> {t('range.live')}
        </span>
      )}
      <span className={styles.hint} title={t('range.hint')}>
        {t('range.hint')}
      </span>
      {aside}
    </section>
  )
}

function CustomRange({ time, pressed }: { time: TimeRange; pressed: boolean }) {
  const { t } = useTranslation('servers')
  const { window } = time
  const [opened, setOpened] = useState(false)
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [fault, setFault] = useState<{ field: 'from' | 'to'; text: string } | null>(null)
  const name = useId()
  const open = () => {
    setFrom(timeField(window.from))
    setTo(timeField(window.to))
    setFault(null)
    setOpened(!opened)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const [start, end] = [fieldTime(from), fieldTime(to)]
    if (start === null) return setFault({ field: 'from', text: t('range.noTime') })
    if (end === null) return setFault({ field: 'to', text: t('range.noTime') })
    if (end <= start) return setFault({ field: 'to', text: t('range.order') })
    if (start >= now()) return setFault({ field: 'from', text: t('range.future') })
    setOpened(false)
    time.set(held({ from: start, to: end }, now()))
  }
  const shown = pressed ? shownAs(window.from, window.to) : t('range.custom')
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus returnFocus withArrow>
      <Popover.Target>
        <Button size="compact-sm" variant={pressed ? 'light' : 'default'} aria-haspopup="dialog" onClick={open}>
          {shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form id={name} onSubmit={submit} className={styles.form}>
          <TextInput
            type="datetime-local"
            label={t('range.from')}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            error={fault?.field === 'from' ? fault.text : null}
          />
          <TextInput
            type="datetime-local"
            label={t('range.to')}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={fault?.field === 'to' ? fault.text : null}
          />
          <Button type="submit" size="xs">
            {t('range.show')}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

/** A stretch in words: the day once where both ends are of it, and how long it is. */
function shownAs(from: number, to: number): string {
  const [start, end] = [new Date(from), new Date(to)]
  const day = (date: Date) => date.toLocaleDateString(locale(), { day: 'numeric', month: 'short', year: 'numeric' })
  const clock = (date: Date) => date.toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' })
  const last = day(start) === day(end) ? clock(end) : `${day(end)}, ${clock(end)}`
  return `${day(start)}, ${clock(start)} – ${last} (${formatDuration(to - from)})`
}

/** The shortest span that holds as much as is looked at. */
function nearestSpan(length: number): Span {
  return SPAN_NAMES.find((name) => SPANS[name] >= length * 0.99) ?? 'y1'
}
