/** Words around a drawing of the plan; loaded under the namespace `drawing`. */
export default {
  showTable: 'Show table',
  showDrawing: 'Show drawing',
  showTableOf: 'Show table: {{title}}',
  showDrawingOf: 'Show drawing: {{title}}',
  saveSvg: 'SVG',
  savePng: 'PNG',
  saveSvgOf: 'Save as SVG: {{title}}',
  savePngOf: 'Save as PNG: {{title}}',
} as const
