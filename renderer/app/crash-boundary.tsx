import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** Set once a part of the program that is loaded when it is needed could not be: the build tool's own event tells of it. */
let partMissing = false
window.addEventListener('vite:preloadError', () => {
  partMissing = true
})

/**
 * Shows a fault of what it holds instead of a blank window. One around each place keeps the navigation; one around the
 * whole window is for faults on the way out of a place, which a boundary that is leaving with it cannot catch.
 */
export class CrashBoundary extends Component<{ children: ReactNode }, { message: string | null }> {
  override state = { message: null }
  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) }
  }
  override render() {
    return this.state.message === null ? this.props.children : <Crashed message={this.state.message} />
  }
}

function Crashed({ message }: { message: string }) {
  const { t } = useTranslation()
  return (
    <div role="alert">
      <h1>{t(partMissing ? 'crashed.part' : 'crashed.title')}</h1>
      <p>{t(partMissing ? 'crashed.partFix' : 'crashed.fix')}</p>
      <pre>{message}</pre>
      <Button onClick={() => window.location.reload()}>{t('crashed.reload')}</Button>
    </div>
  )
}
