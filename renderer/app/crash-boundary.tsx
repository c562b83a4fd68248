import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { PartMissing } from './again.ts'

/**
 * Shows a fault of what it holds instead of a blank window. One around each place keeps the navigation; one around the
 * whole window is for faults on the way out of a place, which a boundary that is leaving with it cannot catch.
 */
export class CrashBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    return this.state.error === null ? this.props.children : <Crashed error={this.state.error} />
  }
}

function Crashed({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const partMissing = error instanceof PartMissing
  return (
    <div role="alert">
      <h1>{t(partMissing ? 'crashed.part' : 'crashed.title')}</h1>
      <p>{t(partMissing ? 'crashed.partFix' : 'crashed.fix')}</p>
      <pre>{error instanceof Error ? error.message : String(error)}</pre>
      <Button onClick={() => window.location.reload()}>{t('crashed.reload')}</Button>
    </div>
  )
}
