import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../app/core.tsx'
import { PALETTE_KEYS } from '../app/keys.ts'
import { useCommand } from '../app/palette/commands.ts'
import { go } from '../app/route.ts'
import styles from './help.module.css'
import { STOPS, useTour } from './tour-state.ts'

/**
 * The tour, in the navigation where it covers nothing: an offer until it was taken or refused, which the workspace keeps,
 * so that it never comes back by itself. The palette starts it again.
 */
export function Tour() {
  const { t } = useTranslation('help')
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const { data } = useQuery(utils.app.settings.queryOptions())
  const { step, to } = useTour()
  const ended = useMutation(
    utils.app.saveSettings.mutationOptions({
      onSettled: () => queries.invalidateQueries({ queryKey: utils.app.settings.key() }),
    }),
  )
  const next = useRef<HTMLButtonElement>(null)
  const isRunning = step !== null
  const stop = step === null ? undefined : STOPS[step]
  useEffect(() => {
    if (stop !== undefined && stop !== 'search') go(`/${stop}`)
  }, [stop])
  useEffect(() => {
    if (isRunning) next.current?.focus()
  }, [isRunning])
  useCommand('tour', () => to(0))

  const end = () => {
    to(null)
    if (data?.tourEnded !== true) ended.mutate({ tourEnded: true })
  }
  const keyed = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    end()
  }
  if (step === null || stop === undefined) {
    if (data?.tourEnded !== false || ended.isPending || ended.isSuccess) return null
    return (
      <section className={styles.tour} aria-label={t('tour.label')}>
        <p>{t('tour.offer')}</p>
        <div className={styles.tourActions}>
          <Button size="compact-xs" variant="light" onClick={() => to(0)}>
            {t('tour.start')}
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={end}>
            {t('tour.never')}
          </Button>
        </div>
      </section>
    )
  }
  const isLast = step === STOPS.length - 1
  return (
    <section className={styles.tour} data-running data-keeps-focus aria-label={t('tour.label')} onKeyDown={keyed}>
      <p role="status">{t(`tour.stops.${stop}`, { keys: PALETTE_KEYS })}</p>
      <div className={styles.tourActions}>
        <span>{t('tour.of', { step: step + 1, count: STOPS.length })}</span>
        {step > 0 && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => to(step - 1)}>
            {t('tour.back')}
          </Button>
        )}
        <Button ref={next} size="compact-xs" onClick={() => (isLast ? end() : to(step + 1))}>
          {isLast ? t('tour.done') : t('tour.next')}
        </Button>
      </div>
      {!isLast && (
        <button type="button" className={styles.tourEnd} onClick={end}>
          {t('tour.end')}
        </button>
      )}
    </section>
  )
}
