/**
 * What a measuring eye finds on the page that is open; runs in the page, so it stands alone. Each finding names the piece and by
 * how many pixels: the content or a panel that scrolls sideways, and text that is cut off without a title that tells all of it.
 */
export function measureLayout(): string[] {
  const nameOf = (element: Element) => {
    const region = element.closest('[aria-label], section, [role="dialog"]')
    const heading = region?.getAttribute('aria-label') ?? region?.querySelector('h2, h3')?.textContent ?? ''
    const own = (element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40)
    return `${element.tagName.toLowerCase()} "${own}"${heading === '' ? '' : ` in ${heading.slice(0, 40)}`}`
  }
  const found: string[] = []
  for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
    const beyond = element.scrollWidth - element.clientWidth
    if (beyond <= 1 || element.clientWidth === 0) continue
    const { overflowX, textOverflow } = getComputedStyle(element)
    if (overflowX === 'auto' || overflowX === 'scroll')
      found.push(`scrolls sideways by ${beyond} px: ${nameOf(element)}`)
    else if (
      (overflowX === 'hidden' || overflowX === 'clip') &&
      (textOverflow === 'ellipsis' ||
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim())) &&
      element.clientWidth > 2 &&
      element.closest('[title], [aria-hidden="true"]') === null
    )
      found.push(`is cut off by ${beyond} px: ${nameOf(element)}`)
  }
  return found
}
