import type { Report } from './document.ts'
import { heading, paragraph } from './document.ts'
import type { PlanReportInput } from './plan-input.ts'
import { availabilityBlocks, ladderBlocks } from './plan-ladder.ts'
import { outlookBlocks } from './plan-outlook.ts'
import { sourceBlocks } from './plan-sources.ts'
import { stageBlocks } from './plan-stages.ts'
import { keyFigures, moneyBasis, verdictBlocks } from './plan-summary.ts'
import { sensitivityBlocks } from './tornado-blocks.ts'
import { dayText } from './words.ts'

/** A plan as a document to hand on: what to do in words first, then what it costs and when, then all that it rests on. */
export function planReport(input: PlanReportInput): Report {
  const { plan, origin, scenario, parts } = input
  const day = dayText(origin.at)
  const present = plan.stages.findIndex((one) => one.id === plan.stage)
  return {
    title: plan.name,
    subtitle: plan.summary,
    facts: [
      { label: 'Report of', value: day },
      { label: 'Workspace', value: origin.workspace },
      {
        label: 'Stage now',
        value: `${present + 1} of ${plan.stages.length}, ${plan.stages[present]?.name ?? plan.stage}`,
      },
      { label: 'Scenario', value: scenario.name ?? "the plan's own assumptions" },
    ],
    running: { name: plan.name, day, maker: `Headroom ${origin.version}` },
    at: origin.at,
    blocks: [
      heading(1, 'In short'),
      ...verdictBlocks(input).slice(0, 1),
      keyFigures(input),
      paragraph(moneyBasis(input), true),
      ...verdictBlocks(input).slice(1),
      ...ladderBlocks(input),
      ...(parts.includes('outlook') ? outlookBlocks(input) : []),
      ...(parts.includes('sensitivity') ? sensitivityBlocks(input.sensitivity, 1, null) : []),
      ...(parts.includes('availability') ? availabilityBlocks(input) : []),
      ...(parts.includes('stages') ? stageBlocks(input) : []),
      ...(parts.includes('sources') ? sourceBlocks(input) : []),
    ],
  }
}
