import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/model/host.ts'
import { Tag, type Tone } from '../../ui/index.ts'

const TONES: Readonly<Record<Host['state'], Tone>> = {
  unknown: 'neutral',
  connecting: 'neutral',
  up: 'good',
  down: 'bad',
  'needs-host-key': 'warn',
  'needs-secret': 'warn',
}

export function HostState({ state }: { state: Host['state'] }) {
  const { t } = useTranslation('servers')
  return <Tag tone={TONES[state]}>{t(`state.${state}`)}</Tag>
}
