/** The look that the figures share: ink on white, drawn 640 wide. */
export const ink = '#1f2933';
export const grey = '#6b7680';
export const faint = '#dfe3e0';
export const teal = '#0f766e';
export const amber = '#b45309';

export function svg(height, title, body) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 ${height}" font-family="Inter, system-ui, sans-serif" font-size="16" fill="${ink}" role="img">
<title>${title}</title>
<rect width="640" height="${height}" fill="#fff"/>
${body}
</svg>`;
}

export const n = (value) => Number(value.toFixed(1));

export function text(x, y, content, { color = ink, anchor = 'start', size = 16, weight = 400 } = {}) {
  return `<text x="${n(x)}" y="${n(y)}" fill="${color}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}">${content}</text>`;
}

export function line(x1, y1, x2, y2, { color = ink, width = 1.5, dash = '' } = {}) {
  return `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${color}" stroke-width="${width}"${dash ? ` stroke-dasharray="${dash}"` : ''}/>`;
}

export function dot(x, y, r, color) {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${r}" fill="${color}"/>`;
}

export function path(points, { color = ink, width = 2 } = {}) {
  return `<path d="${points.map(([x, y], i) => `${i ? 'L' : 'M'}${n(x)} ${n(y)}`).join('')}" fill="none" stroke="${color}" stroke-width="${width}"/>`;
}
