/** "Tenants, companies", but "Requests/s" of requests in requests/s, and "Monthly active users" of users. */
export function driverLabel({ name, unit }: { name: string; unit: string }): string {
  const [ofName, ofUnit] = [name.toLowerCase(), unit.toLowerCase()]
  if (ofName.includes(ofUnit)) return name
  return ofUnit.startsWith(`${ofName}/`) ? `${name}${unit.slice(name.length)}` : `${name}, ${unit}`
}
