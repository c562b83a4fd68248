import { useRoute } from '../../app/route.ts'
import { Library } from './library.tsx'
import { PlaybookPage } from './playbook-page.tsx'
import { RunPage } from './run-page.tsx'

export default function Playbooks() {
  const route = useRoute()
  if (route.id === null) return <Library />
  return route.run ? (
    <RunPage key={route.id} runId={route.id} />
  ) : (
    <PlaybookPage key={`${route.id} ${route.query}`} id={route.id} />
  )
}
