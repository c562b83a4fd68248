import { CsvRows } from '../../../../shared/format/csv-rows.ts'
import type { Price } from '../../../../shared/model/catalogue.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import { type Ask, type Listing, listed, type PriceSource, Skipped } from './source.ts'

const REGIONS = [
  ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-south-1'],
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1'],
  ...['ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'sa-east-1'],
]

type Cells = (column: string) => string
interface Service {
  code: string
  columns: readonly string[]
  /** Rows of this service that are a size on demand; null leaves a row out. */
  entry(cells: Cells): Pick<Price, 'kind' | 'sku'> | null
}
const EC2: Service = {
  code: 'AmazonEC2',
  columns: ['Tenancy', 'Operating System', 'Pre Installed S/W', 'CapacityStatus'],
  entry: (cells) =>
    cells('Product Family') === 'Compute Instance' &&
    cells('Tenancy') === 'Shared' &&
    cells('Operating System') === 'Linux' &&
    cells('Pre Installed S/W') === 'NA' &&
    cells('CapacityStatus') === 'Used'
      ? { kind: 'compute', sku: `${cells('Instance Type')} on-demand` }
      : null,
}
const RDS: Service = {
  code: 'AmazonRDS',
  columns: ['Database Engine', 'Deployment Option'],
  entry: (cells) =>
    cells('Product Family') === 'Database Instance' &&
    cells('Database Engine') === 'PostgreSQL' &&
    cells('Deployment Option') === 'Single-AZ'
      ? { kind: 'postgres', sku: `${cells('Instance Type')} single-AZ` }
      : null,
}
const COMMON = [
  ...['TermType', 'Unit', 'PricePerUnit', 'Currency', 'Product Family', 'Instance Type'],
  ...['vCPU', 'Memory', 'Physical Processor'],
]
/** A header comes after a few lines of facts about the file; one that is not there by then is not there. */
const HEADER_WITHIN = 20

/**
 * The regional offer file of a service, `/offers/v1.0/aws/{service}/current/{region}/index.csv`: some hundred megabytes for
 * EC2, read as it comes and never held. The first lines are facts about the file; the header begins with "SKU".
 */
async function readService(ask: Ask, service: Service, prices: Map<string, Price>, skipped: Skipped): Promise<void> {
  const path = `/offers/v1.0/aws/${service.code}/current/${ask.region}/index.csv`
  const rows = new CsvRows(',')
  let header: Map<string, number> | null = null
  let before = 0
  const take = (cells: readonly string[]): void => {
    if (header === null) {
      before += 1
      if (cells[0] === 'SKU') header = headerOf(cells, service, path)
      else if (before > HEADER_WITHIN) throw changed(path, 'no header line begins with "SKU"')
      return
    }
    const at = header
    const cell: Cells = (column) => cells[at.get(column) ?? -1] ?? ''
    if (cell('TermType') !== 'OnDemand' || cell('Unit') !== 'Hrs') return
    const entry = service.entry(cell)
    if (entry === null) return
    const hourly = Number(cell('PricePerUnit'))
    const [vcpu, ramGb] = [Number(cell('vCPU')), Number(/^([\d.,]+) GiB$/.exec(cell('Memory'))?.[1]?.replace(',', ''))]
    if (cell('PricePerUnit') === '' || Number.isNaN(hourly) || hourly < 0)
      throw changed(path, `PricePerUnit "${cell('PricePerUnit')}" of ${cell('Instance Type')} is no price`)
    if (hourly === 0 || Number.isNaN(vcpu) || Number.isNaN(ramGb)) {
      skipped.add('without a price or a size')
      return
    }
    const arm = /Graviton/i.test(cell('Physical Processor'))
    const price = listed(ask.today, `pricing.us-east-1.amazonaws.com, ${service.code} offer file`, {
      ...entry,
      ...{ provider: 'aws', region: ask.region, currency: cell('Currency'), vcpu, ramGb, hourly },
      monthly: Math.round(hourly * 730 * 100) / 100,
      note: 'On demand. Monthly = hourly x 730. Storage and public IPv4 are billed apart.',
      cpu: /^(db\.)?t\d/.test(entry.sku) ? 'shared' : 'dedicated',
      architecture: arm ? 'arm' : 'x86',
    })
    prices.set(`${price.kind} ${price.sku}`, price)
  }
  for await (const piece of ask.text(path)) for (const { cells } of rows.push(piece)) take(cells)
  for (const { cells } of rows.end()) take(cells)
  if (rows.overlong) throw changed(path, `the row in line ${rows.overlong.line} has no end`)
  if (header === null) throw changed(path, 'no header line begins with "SKU"')
}

function headerOf(cells: readonly string[], service: Service, path: string): Map<string, number> {
  const header = new Map(cells.map((name, index) => [name, index]))
  const missing = [...COMMON, ...service.columns].filter((name) => !header.has(name))
  if (missing.length > 0) throw changed(path, `the columns ${missing.join(', ')} are missing`)
  return header
}

function changed(path: string, what: string): HeadroomError {
  return new HeadroomError({
    code: 'PRICE_SHAPE_CHANGED',
    fact: `AWS answered ${path} in another shape than Headroom knows: ${what}.`,
    fix: 'Nothing was changed. Look for an update of Headroom, and use the prices there are until then.',
    value: path,
  })
}

async function read(ask: Ask): Promise<Listing> {
  const prices = new Map<string, Price>()
  const skipped = new Skipped()
  for (const service of [EC2, RDS]) await readService(ask, service, prices, skipped)
  return { prices: [...prices.values()], skipped: skipped.list() }
}

export const aws: PriceSource = {
  id: 'aws',
  provider: 'aws',
  name: 'AWS (EC2 and RDS for PostgreSQL)',
  origin: 'https://pricing.us-east-1.amazonaws.com',
  needsToken: false,
  tokenHelp: null,
  regions: REGIONS,
  covers: (price, region) =>
    price.region === region &&
    ((price.kind === 'compute' && price.sku.endsWith(' on-demand')) ||
      (price.kind === 'postgres' && price.sku.endsWith(' single-AZ'))),
  read,
}
