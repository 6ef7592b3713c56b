import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type LaunchOptions, type Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { findChromium } from './chromium.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * `describe` for tests that need Chromium: skipped where there is none, as `hebra test` says in a line;
 * with CI=true they run, and fail.
 */
export const describeInBrowser = describe.skipIf(findChromium() === undefined && process.env['CI'] !== 'true');

/** A headless Chromium with a fresh profile. Close it in afterAll; a new context (not newPage) for each patient or agent. */
export async function launchBrowser(options: { args?: string[] } = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('Chromium is missing: install the package chromium, or name one in HEBRA_CHROMIUM.');
  const launch: LaunchOptions = { executablePath, headless: true, args: [...FLAGS, ...(options.args ?? [])] };
  return chromium.launch(launch);
}

/** Fails with rule, place and help of everything that axe finds wrong on the page as it is now. Part of it: `within`. */
export async function axe(page: Page, options: { within?: string } = {}): Promise<void> {
  // in the page itself (there are no frames), with the places of what is wrong only: the same rules on the same nodes in a
  // fifth of the time
  const builder = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  if (options.within) builder.include(options.within);
  const { violations, passes } = await builder.analyze();
  expect(passes.length, 'axe looked at nothing').toBeGreaterThan(0);
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`,
  );
  expect(found.join('\n'), `axe on ${page.url()}`).toBe('');
}
