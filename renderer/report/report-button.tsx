import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CommandName, useCommand } from '../app/palette/commands.ts'
import { ReportDialog } from './report-dialog.tsx'
import type { ReportSubject } from './subject.ts'

/** Opens the dialog that makes a report of the subject. `compact` where the buttons beside it are small. */
export function ReportButton({
  subject,
  compact = false,
  command,
}: {
  subject: ReportSubject
  compact?: boolean
  command?: CommandName
}) {
  const { t } = useTranslation('report')
  const [open, setOpen] = useState(false)
  useCommand(command ?? 'planReport', command === undefined ? null : () => setOpen(true))
  return (
    <>
      <Button variant="default" size={compact ? 'compact-xs' : 'xs'} onClick={() => setOpen(true)}>
        {t('open')}
      </Button>
      {open && <ReportDialog subject={subject} onClose={() => setOpen(false)} />}
    </>
  )
}
