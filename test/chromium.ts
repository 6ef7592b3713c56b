import { existsSync } from 'node:fs';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Where Chromium is on this machine; HEBRA_CHROMIUM names another. */
export function findChromium(): string | undefined {
  const named = process.env['HEBRA_CHROMIUM'];
  return named ? (existsSync(named) ? named : undefined) : USUAL.find((path) => existsSync(path));
}
