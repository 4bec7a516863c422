/** Two sets of eight colours, for light and dark. Text on a filled pill is white on light, and nearly black on dark. */
const LIGHT = ['#2563c9', '#b5420b', '#1d7d46', '#8b3fc0', '#a8156a', '#0e7482', '#806000', '#5a6270'];
const DARK = ['#7fb0ff', '#ff9d6b', '#6fd699', '#cf9bff', '#ff8fc8', '#5fd0df', '#e3c04d', '#b4bcc8'];

/** The style sheet of the drawing. It follows the light or dark setting of the reader's system. */
export function svgStyle(): string {
  const hues = (colors: readonly string[], onColor: string): string =>
    [...colors.map((color, index) => [String(index), color] as const), ['x', colors.at(-1) ?? ''] as const]
      .map(
        ([name, color]) =>
          `.f${name} rect{fill:${color}}.f${name} text{fill:${onColor}}.o${name} rect{stroke:${color}}.o${name} text{fill:${color}}`,
      )
      .join('');
  return [
    'svg{font:12px ui-sans-serif,system-ui,"DejaVu Sans",sans-serif}',
    '.paper{fill:#ffffff}.card{fill:#f6f8fa;stroke:#c9d1d9}.switch{fill:#ffffff;stroke:#57606a;stroke-width:2}',
    '.bar{fill:#57606a}.socket{fill:#57606a}.cable{stroke:#8c959f;stroke-width:2;fill:none}',
    '.title{font-size:15px;font-weight:600;fill:#1f2328}.name{font-weight:600;fill:#1f2328}.note{fill:#59636e;font-size:11px;font-weight:400}',
    '.ontitle{fill:#ffffff;font-size:16px;font-weight:600}.onnote{fill:#eaeef2;font-size:11px}',
    'g text{text-anchor:middle;font-size:12px}g rect{fill:none;stroke-width:1.5}.drift{fill:#cf222e;font-weight:600}',
    hues(LIGHT, '#ffffff'),
    '@media (prefers-color-scheme:dark){',
    '.paper{fill:#0d1117}.card{fill:#161b22;stroke:#3d444d}.switch{fill:#0d1117;stroke:#9198a1}',
    '.bar{fill:#3d444d}.socket{fill:#9198a1}.cable{stroke:#6e7681}.title,.name{fill:#f0f6fc}.note{fill:#9198a1}',
    '.ontitle{fill:#f0f6fc}.onnote{fill:#d1d7e0}.drift{fill:#ff7b72}',
    hues(DARK, '#0d1117'),
    '}',
  ].join('');
}
