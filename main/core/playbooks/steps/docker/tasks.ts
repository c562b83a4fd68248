import * as z from 'zod'

const TaskSchema = z.object({
  ID: z.string(),
  Name: z.string(),
  Node: z.string(),
  DesiredState: z.string(),
  CurrentState: z.string(),
  Error: z.string(),
})
export type Task = z.infer<typeof TaskSchema>

/** The tasks that `docker service ps --format '{{json .}}'` and its like print, a line each. */
export const readTasks = (printed: string): Task[] =>
  printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => TaskSchema.parse(JSON.parse(line)))

export const stateOf = ({ CurrentState }: Task): string => CurrentState.split(' ')[0] ?? ''

/** How far a service is: tasks that run as wanted, tasks that have to go, and new tasks that failed. Pure. */
export function convergence(tasks: readonly Task[], known: ReadonlySet<string>) {
  const wantedToRun = tasks.filter(({ DesiredState }) => DesiredState === 'Running' || DesiredState === 'Ready')
  return {
    running: wantedToRun.filter((task) => stateOf(task) === 'Running').length,
    wantedToRun: wantedToRun.length,
    leaving: tasks.filter(
      (task) => task.DesiredState !== 'Running' && task.DesiredState !== 'Ready' && stateOf(task) === 'Running',
    ).length,
    failed: tasks.filter((task) => !known.has(task.ID) && ['Failed', 'Rejected'].includes(stateOf(task))),
    pending: wantedToRun.filter((task) => stateOf(task) !== 'Running'),
  }
}

export const toldTask = (task: Task): string =>
  `${task.Name} on ${task.Node || 'no node'}: ${task.CurrentState}${task.Error ? `, ${task.Error}` : ''}`
