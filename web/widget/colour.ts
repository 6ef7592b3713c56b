type Rgb = [number, number, number];

/** Colours an organisation's own colour brings along in one scheme. */
type Paint = { thread: string; hover: string; on: string; tint: string };

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** `--surface` of the dark theme, and the ink that is written on light colours there. */
const NIGHT: Rgb = [17, 28, 30];
const NIGHT_INK: Rgb = [6, 20, 21];
/** WCAG 2.2, 1.4.3: text of normal size. */
const ENOUGH = 4.5;

/** Reads `#abc` or `#aabbcc`; anything else is null. */
function parse(hex: string): Rgb | null {
  const long = hex.trim().replace(/^#([\da-f])([\da-f])([\da-f])$/i, '#$1$1$2$2$3$3');
  const found = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(long);
  return found ? [parseInt(found[1]!, 16), parseInt(found[2]!, 16), parseInt(found[3]!, 16)] : null;
}

/** Relative luminance, WCAG 2.2 (sRGB), 0 to 1. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Contrast of two hex colours, 1 to 21 (WCAG 2.2). NaN when one is not a hex colour. */
export function contrast(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)];
  return x && y ? ratio(x, y) : NaN;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return a.map((part, i) => Math.round(part * share + b[i]! * (1 - share))) as Rgb;
}

const hex = (rgb: Rgb) => '#' + rgb.map((part) => part.toString(16).padStart(2, '0')).join('');

/** The strongest tint of `colour` on `surface` on which the colour itself can still be read. */
function tintOf(colour: Rgb, surface: Rgb): Rgb {
  for (let share = 0.16; share > 0.01; share -= 0.02) {
    const tint = mix(colour, surface, share);
    if (ratio(colour, tint) >= ENOUGH) return tint;
  }
  return surface;
}

/**
 * The organisation's colour in the place of `--thread`, for the light and the dark scheme.
 * Null when white can't be read on it at 4.5:1: then the window keeps its own colour. In the dark the same hue is
 * lightened until it can be read on the dark surface.
 */
export function paint(colour: string | null | undefined): { light: Paint; dark: Paint } | null {
  const own = parse(colour ?? '');
  if (!own || ratio(own, WHITE) < ENOUGH) return null;
  let pale = own;
  // Brighter, not paler, so that a green stays green; and a little more each time, so that black ends too.
  while (ratio(pale, NIGHT) < 6.5) pale = pale.map((part) => Math.min(255, Math.ceil(part * 1.04 + 4))) as Rgb;
  return {
    light: { thread: hex(own), hover: hex(mix(own, BLACK, 0.85)), on: '#ffffff', tint: hex(tintOf(own, WHITE)) },
    dark: { thread: hex(pale), hover: hex(mix(pale, WHITE, 0.8)), on: hex(NIGHT_INK), tint: hex(tintOf(pale, NIGHT)) },
  };
}

/** The style sheet that sets it, for the shadow root. */
export function paintSheet(colour: string | null | undefined): string {
  const found = paint(colour);
  if (!found) return '';
  const vars = (p: Paint) =>
    `--thread:${p.thread};--thread-hover:${p.hover};--on-thread:${p.on};--thread-tint-2:${p.tint};`;
  return `.hebra{${vars(found.light)}}@media (prefers-color-scheme:dark){.hebra{${vars(found.dark)}}}`;
}
