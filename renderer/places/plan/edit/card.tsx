import { Button } from '@mantine/core'
import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { EditPath } from '../../../../shared/model/edit.ts'
import styles from './edit.module.css'
import { RemoveButton } from './remove-button.tsx'
import type { MakeEdit } from './use-plan-editor.ts'

/** A part with its name and a way to take it out. */
export function Card(props: { title: string; noun: string; path: EditPath; edit: MakeEdit; children: ReactNode }) {
  return (
    <section className={styles.card} aria-label={`${props.noun}: ${props.title}`}>
      <div className={styles.cardHead}>
        <b>{props.title}</b>
        <RemoveButton noun={props.noun} name={props.title} path={props.path} edit={props.edit} />
      </div>
      {props.children}
    </section>
  )
}

/** Adds an entry to the list above it. */
export function AddButton(props: { label: string; onClick: () => void }) {
  return (
    <div>
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<Plus size={13} aria-hidden="true" />}
        onClick={props.onClick}
      >
        {props.label}
      </Button>
    </div>
  )
}
