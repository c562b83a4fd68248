/**
 * The columns of a cost file after the FinOps Open Cost and Usage Specification (FOCUS), version 1.2
 * (focus.finops.org, tag v1.2 of its repository): all that it makes mandatory, and those conditional and recommended ones
 * that a plan can fill. `numeric` ones are written as plain decimals; the others are text.
 *
 * Left out, and why:
 * - BillingAccountType, SubAccount*: a plan has one account and no kinds of them.
 * - AvailabilityZone, ConsumedQuantity, ConsumedUnit, InvoiceId, CapacityReservation*: nothing ran and nothing was invoiced yet.
 * - CommitmentDiscount*: a plan says which share is reserved, not by which purchase; the saving is ListCost less EffectiveCost.
 * - ListUnitPrice, ContractedUnitPrice: with tiers, free units and ranges a row has no single unit price that times its
 *   quantity is its cost.
 * - PricingCurrency and PricingCurrency*: amounts are converted at the plan's stated rates; the price's own currency is in
 *   SkuPriceId, the rate in x_Rate.
 * - ServiceSubcategory, SkuMeter, SkuPriceDetails: the catalogue does not classify so finely.
 */
export const FOCUS_COLUMNS = [
  { name: 'BilledCost', level: 'mandatory', numeric: true },
  { name: 'BillingAccountId', level: 'mandatory' },
  { name: 'BillingAccountName', level: 'mandatory' },
  { name: 'BillingCurrency', level: 'mandatory' },
  { name: 'BillingPeriodEnd', level: 'mandatory' },
  { name: 'BillingPeriodStart', level: 'mandatory' },
  { name: 'ChargeCategory', level: 'mandatory' },
  { name: 'ChargeClass', level: 'mandatory' },
  { name: 'ChargeDescription', level: 'mandatory' },
  { name: 'ChargeFrequency', level: 'recommended' },
  { name: 'ChargePeriodEnd', level: 'mandatory' },
  { name: 'ChargePeriodStart', level: 'mandatory' },
  { name: 'ContractedCost', level: 'mandatory', numeric: true },
  { name: 'EffectiveCost', level: 'mandatory', numeric: true },
  { name: 'InvoiceIssuerName', level: 'mandatory' },
  { name: 'ListCost', level: 'mandatory', numeric: true },
  { name: 'PricingCategory', level: 'conditional' },
  { name: 'PricingQuantity', level: 'mandatory', numeric: true },
  { name: 'PricingUnit', level: 'mandatory' },
  { name: 'ProviderName', level: 'mandatory' },
  { name: 'PublisherName', level: 'mandatory' },
  { name: 'RegionId', level: 'conditional' },
  { name: 'RegionName', level: 'conditional' },
  { name: 'ResourceId', level: 'conditional' },
  { name: 'ResourceName', level: 'conditional' },
  { name: 'ResourceType', level: 'conditional' },
  { name: 'ServiceCategory', level: 'mandatory' },
  { name: 'ServiceName', level: 'mandatory' },
  { name: 'SkuId', level: 'conditional' },
  { name: 'SkuPriceId', level: 'conditional' },
  { name: 'Tags', level: 'conditional' },
  { name: 'x_CostHigh', level: 'own', numeric: true },
  { name: 'x_CostLow', level: 'own', numeric: true },
  { name: 'x_DriverValue', level: 'own', numeric: true },
  { name: 'x_Month', level: 'own', numeric: true },
  { name: 'x_Note', level: 'own' },
  { name: 'x_Priced', level: 'own' },
  { name: 'x_Rate', level: 'own', numeric: true },
  { name: 'x_Scenario', level: 'own' },
  { name: 'x_StageId', level: 'own' },
  { name: 'x_StageName', level: 'own' },
] as const satisfies readonly { name: string; level: string; numeric?: true }[]

export type FocusColumn = (typeof FOCUS_COLUMNS)[number]['name']
/** One charge: text, or a decimal number as text; null where the specification asks for null. */
export type FocusRow = Record<FocusColumn, string | null>

/** The catalogue's kinds as service categories of the specification. */
export const SERVICE_CATEGORIES: Readonly<Record<string, string>> = {
  compute: 'Compute',
  kubernetes: 'Compute',
  postgres: 'Databases',
  redis: 'Databases',
  'object-storage': 'Storage',
  volume: 'Storage',
  backup: 'Storage',
  loadbalancer: 'Networking',
  traffic: 'Networking',
  cdn: 'Networking',
  monitoring: 'Management and Governance',
  registry: 'Developer Tools',
}
