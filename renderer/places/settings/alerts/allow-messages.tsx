import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

/** A browser shows messages of a page only where its user allowed them, and asks only on a click. */
export function AllowMessages() {
  const { t } = useTranslation('alerts')
  const [permission, setPermission] = useState(() => ('Notification' in window ? Notification.permission : 'denied'))
  if (permission === 'granted') return <p>{t('told.allowed')}</p>
  if (permission === 'denied') return <p>{t('told.denied')}</p>
  return (
    <Button
      size="compact-sm"
      variant="default"
      onClick={() => void Notification.requestPermission().then(setPermission)}
    >
      {t('told.allow')}
    </Button>
  )
}
