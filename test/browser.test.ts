import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { axe, describeInBrowser, launchBrowser } from './browser.ts';

describeInBrowser('Chromium in tests', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  test('axe lets a good page pass and names what is wrong with a bad one', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.setContent('<html lang="es"><title>Cita</title><main><h1>Su cita</h1></main></html>');
    await axe(page);
    await page.setContent('<html lang="es"><title>Cita</title><main><h1>Su cita</h1><img src="x"></main></html>');
    await expect(axe(page)).rejects.toThrow(/image-alt/);
    await page.context().close();
  });
});
