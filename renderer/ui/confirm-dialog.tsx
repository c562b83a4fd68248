import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/**
 * Asks before what cannot be taken back. It names what will happen; No has the focus, so that Enter changes nothing.
 * A click beside it answers nothing: the second half of a double click on what opened it falls there. `busy` keeps it
 * open while the answer is carried out.
 */
export function ConfirmDialog(props: {
  title: string
  children: ReactNode
  yes: string
  no: string
  danger?: boolean
  busy?: boolean
  onYes: () => void
  onNo: () => void
}) {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={props.onNo}
      title={props.title}
      size="lg"
      centered
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {props.children}
      <div style={{ display: 'flex', gap: 8, justifyContent: 'flex-end', marginTop: 20 }}>
        <Button variant="default" data-autofocus onClick={props.onNo}>
          {props.no}
        </Button>
        <Button color={props.danger ? 'red' : undefined} loading={props.busy} onClick={props.onYes}>
          {props.yes}
        </Button>
      </div>
    </Modal>
  )
}
