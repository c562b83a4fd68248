export default {
  showTable: 'Tabelle zeigen',
  showDrawing: 'Zeichnung zeigen',
  showTableOf: 'Tabelle zeigen: {{title}}',
  showDrawingOf: 'Zeichnung zeigen: {{title}}',
  saveSvg: 'SVG',
  savePng: 'PNG',
  saveSvgOf: 'Als SVG speichern: {{title}}',
  savePngOf: 'Als PNG speichern: {{title}}',
}
