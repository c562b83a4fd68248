import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Notice } from '../../shared/model/alert.ts'
import { useQueryUtils } from './core.tsx'

const SHOWN_MS = 15_000

/**
 * Says alerts in the window as they come, and in a browser also as messages of its desktop where the operator allowed them; in
 * the desktop shell those come from the shell. What was said before this page was opened is not said again.
 */
export function AlertNotices() {
  const { t } = useTranslation('alerts')
  const utils = useQueryUtils()
  const list = useQuery(utils.alerts.list.queryOptions())
  const settings = useQuery(utils.alerts.settings.queryOptions())
  const said = useRef<Set<string> | null>(null)
  const given = list.data?.notices
  const byPage = settings.data?.desktop === 'page' && settings.data.settings.desktop
  useEffect(() => {
    if (given === undefined) return
    const before = said.current
    said.current = new Set(given.map(({ id }) => id))
    if (before === null) return
    for (const notice of given) {
      if (before.has(notice.id)) continue
      show(notice, t('notice.open'))
      if (byPage && 'Notification' in window && Notification.permission === 'granted') showOutside(notice)
    }
  }, [given, byPage, t])
  return null
}

function show(notice: Notice, open: string) {
  notifications.show({
    id: `alert ${notice.id}`,
    title: notice.title,
    message: (
      <>
        {notice.body} <a href={notice.href}>{open}</a>
      </>
    ),
    color: notice.kind === 'fired' && notice.severity === 'critical' ? 'red' : undefined,
    autoClose: SHOWN_MS,
  })
}

function showOutside(notice: Notice) {
  // The same tag in every open page of Headroom shows it once.
  const message = new Notification(notice.title, { body: notice.body, tag: `headroom ${notice.id}` })
  message.onclick = () => {
    window.focus()
    window.location.hash = notice.href
    message.close()
  }
}
