import * as z from 'zod'
import { ConditionSchema } from './condition.ts'
import { currencyField, durationField, idField, rangeField } from './field.ts'
import { ByUseSchema, LineItemSchema } from './line-item.ts'

/**
 * What a plan knows beyond its ladder: ways to get from one rung to the next, what to look at, what to do when it burns,
 * and figures that its source states and the app computes again beside them. Conditions in here are judged like those of
 * triggers, on the same measurements; a part without a condition is for a person to judge.
 */

/** From min to max; `max: null` has no end ("300 or more"). */
const openRange = z.strictObject({ min: z.number(), max: z.number().nullable() })
/** A condition with how long it must hold. */
const judged = {
  when: ConditionSchema.optional(),
  for: durationField.default('5m').describe('how long `when` must hold; "sustained" in a source is taken as 15m'),
}
/** Where a piece of advice leads: parts of the same plan, or a playbook. */
const leads = {
  stage: idField.optional(),
  option: idField.optional(),
  optimisation: idField.optional(),
  runbook: idField.optional(),
  playbook: z.string().optional(),
}

export const StepSchema = z.strictObject({
  id: idField,
  text: z.string(),
  commands: z.array(z.string()).default([]).describe('exact lines to copy; never run by the app from here'),
  caution: z.string().optional(),
  ...judged,
  ...leads,
})
export type Step = z.infer<typeof StepSchema>

/** A way to go: a scaling path, a paid tier, one option of several, an alternative product, a price lever, a saving. */
export const OptionSchema = z.strictObject({
  id: idField,
  name: z.string(),
  kind: z.enum(['path', 'tier', 'option', 'alternative', 'lever', 'saving']).default('option'),
  partOf: idField.optional().describe('the option that this one is a choice within'),
  recommended: z.boolean().optional(),
  when: z.string().describe('in words; `condition` is the part of it that can be measured'),
  condition: ConditionSchema.optional(),
  for: durationField.default('15m').describe('how long `condition` must hold'),
  cost: z.string().optional().describe('in words, where it is no figure'),
  monthly: openRange
    .extend({
      currency: currencyField,
      basis: z.enum(['total', 'added', 'saved']).default('total').describe('added: on top of what is paid now'),
    })
    .optional(),
  sku: z.string().optional().describe("the catalogue's price for it, shown beside the stated one"),
  downtime: z.string().optional(),
  downtimeMinutes: rangeField.optional(),
  carries: z.array(openRange.extend({ driver: idField })).default([]),
  effect: z
    .strictObject({ on: z.string(), min: z.number(), max: z.number() })
    .optional()
    .describe('by what share something gets better, such as 0.3 to 0.5 on query time'),
  stage: idField.optional().describe('the stage it leads to'),
  steps: z.array(StepSchema).default([]),
  playbooks: z.array(z.string()).default([]),
  notes: z.array(z.string()).default([]),
})
export type Option = z.infer<typeof OptionSchema>

export const ChecklistSchema = z.strictObject({
  id: idField,
  title: z.string(),
  months: openRange.optional().describe('from the start of the plan'),
  stage: idField.optional(),
  items: z.array(z.strictObject({ id: idField, text: z.string(), done: z.boolean().default(false), ...leads })).min(1),
})
export type Checklist = z.infer<typeof ChecklistSchema>

/** A question with its answers; an answer leads to another question, or to advice. */
export const DecisionTreeSchema = z.strictObject({
  id: idField,
  title: z.string(),
  root: idField,
  questions: z
    .array(
      z.strictObject({
        id: idField,
        text: z.string(),
        answers: z
          .array(
            z.strictObject({
              id: idField,
              text: z.string(),
              ...judged,
              next: idField.optional().describe('the question that follows'),
              advice: z.array(z.strictObject({ text: z.string(), ...leads })).default([]),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
})
export type DecisionTree = z.infer<typeof DecisionTreeSchema>

export const RunbookSchema = z.strictObject({
  id: idField,
  title: z.string(),
  kind: z.enum(['emergency', 'routine', 'watch', 'migration']),
  every: durationField.optional(),
  stage: idField.optional().describe('the stage it leads to'),
  ...judged,
  steps: z.array(StepSchema).min(1),
})
export type Runbook = z.infer<typeof RunbookSchema>

/** Signs that something is due, and what then: to scale, to stay, to save, to choose an option. */
export const SignsSchema = z.strictObject({
  id: idField,
  title: z.string(),
  direction: z.enum(['up', 'down', 'stay']),
  stage: idField.optional(),
  option: idField.optional(),
  items: z.array(z.strictObject({ id: idField, text: z.string(), ...judged })).min(1),
  actions: z.array(StepSchema).default([]),
})
export type Signs = z.infer<typeof SignsSchema>

/** An alert rule as another system holds it, beside the condition that the app judges by itself. */
export const AlertSchema = z.strictObject({
  id: idField,
  name: z.string(),
  language: z.enum(['promql', 'logql', 'threshold']).default('threshold'),
  expr: z.string().optional(),
  for: durationField.default('5m'),
  severity: z.enum(['info', 'warning', 'critical']),
  when: ConditionSchema.optional(),
  stage: idField.optional(),
  note: z.string().optional(),
})
export type Alert = z.infer<typeof AlertSchema>

const settingValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))])

/** A piece of software with the settings it gets: a pod, a load balancer, a database, a tool that watches. */
export const ComponentSchema = z.strictObject({
  id: idField,
  name: z.string(),
  purpose: z.string(),
  file: z.string().optional(),
  stage: idField.optional(),
  option: idField.optional(),
  optimisation: idField.optional(),
  settings: z.record(z.string(), settingValue).default({}),
  was: z.record(z.string(), settingValue).default({}).describe('the settings before'),
  notes: z.array(z.string()).default([]),
})
export type Component = z.infer<typeof ComponentSchema>

/** What runs short first: found already, or expected in a range of a driver, where it is computed from demand and supply. */
export const BottleneckSchema = z.strictObject({
  id: idField,
  name: z.string(),
  range: openRange.extend({ driver: idField, stage: idField, phase: z.string() }).optional(),
  resources: z.array(idField).default([]).describe('the demand resources that are meant; empty: none'),
  impact: z.string().optional(),
  fix: z.string().optional(),
  monthly: openRange.extend({ currency: currencyField }).optional().describe('what the fix costs'),
  optimisation: idField.optional(),
  option: idField.optional(),
})
export type Bottleneck = z.infer<typeof BottleneckSchema>

/** Measures that belong together: how data is kept apart, how traffic is routed, what a stage adds. */
export const StrategySchema = z.strictObject({
  id: idField,
  title: z.string(),
  stage: idField.optional(),
  items: z.array(z.strictObject({ id: idField, text: z.string(), optional: z.boolean().optional(), ...leads })).min(1),
})
export type Strategy = z.infer<typeof StrategySchema>

const cell = z.union([z.number(), openRange, z.string()])
export type Cell = z.infer<typeof cell>

/**
 * A table whose cells are stated by the source and computed again where a column says how:
 * - `formula`: over the numeric columns of the row (shared/planning/formula.ts); a range is computed at both of its ends;
 * - `ofStage`: a fact of the row's stage: its computed monthly cost (at the row's `at`, a value of the primary driver), its
 *   cost on top of the first stage's as a ratio, how many months its work takes, how many nodes it has;
 * - `use`: prices by use, each on the quantity in another column;
 * - `sku`: the catalogue's price of the row's SKU of this column.
 */
export const CalculationSchema = z.strictObject({
  id: idField,
  title: z.string(),
  kind: z.enum(['capacity', 'tuning', 'cost', 'curve', 'providers', 'roadmap', 'use']),
  note: z.string().optional(),
  columns: z
    .array(
      z.strictObject({
        id: idField,
        name: z.string(),
        unit: z.string().default('').describe('after the number; "ratio" is shown in percent, "money" in the currency'),
        computed: z
          .union([
            z.strictObject({ formula: z.string().min(1) }),
            z.strictObject({ ofStage: z.enum(['monthly-cost', 'over-first', 'months', 'nodes']) }),
            z.strictObject({ use: z.array(z.strictObject({ of: idField, price: ByUseSchema })).min(1) }),
            z.strictObject({ sku: z.literal(true) }),
          ])
          .optional(),
        limit: z.string().optional().describe('a formula that the value may not exceed'),
        note: z.string().optional(),
      }),
    )
    .min(1),
  rows: z
    .array(
      z.strictObject({
        id: idField,
        name: z.string(),
        stage: idField.optional(),
        at: openRange.optional().describe('the values of the primary driver that the row speaks of'),
        skus: z.record(idField, z.string()).default({}),
        cells: z.record(idField, cell).default({}),
        note: z.string().optional(),
      }),
    )
    .min(1),
})
export type Calculation = z.infer<typeof CalculationSchema>

/** Ways to run the same thing for some years, each with the rows it pays for at a size, beside the sums a source states. */
export const YearlySchema = z.strictObject({
  driver: idField,
  years: z
    .array(z.strictObject({ id: idField, name: z.string(), from: z.number().positive(), to: z.number().positive() }))
    .min(1),
  approaches: z
    .array(
      z.strictObject({
        id: idField,
        name: z.string(),
        assumed: z.string(),
        ladder: z.boolean().optional().describe("true: the plan's own stages, each up to its stated capacity"),
        sizes: z
          .array(z.strictObject({ upTo: z.number().positive().nullable(), lineItems: z.array(LineItemSchema).min(1) }))
          .default([])
          .describe('in rising order of upTo; the last has no end'),
        stated: z.record(idField, openRange).default({}).describe("by year, in the plan's currency"),
      }),
    )
    .min(1),
})
export type Yearly = z.infer<typeof YearlySchema>

/** The fields that a plan has for all this. */
export const referenceFields = {
  options: z.array(OptionSchema).default([]),
  checklists: z.array(ChecklistSchema).default([]),
  decisionTrees: z.array(DecisionTreeSchema).default([]),
  runbooks: z.array(RunbookSchema).default([]),
  signs: z.array(SignsSchema).default([]),
  alerts: z.array(AlertSchema).default([]),
  components: z.array(ComponentSchema).default([]),
  bottlenecks: z.array(BottleneckSchema).default([]),
  strategies: z.array(StrategySchema).default([]),
  calculations: z.array(CalculationSchema).default([]),
  yearly: YearlySchema.optional(),
}
