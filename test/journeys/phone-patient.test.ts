import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

describeInBrowser('a patient on the demo phone', () => {
  let house: DemoHouse;
  let browser: Browser;

  beforeAll(async () => {
    house = await openDemo();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function phone(person: number, width: number, height: number): Promise<Page> {
    const page = await (
      await browser.newContext({ viewport: { width, height }, locale: 'es-ES', reducedMotion: 'reduce' })
    ).newPage();
    await page.goto(`${house.url}/demo/phone`);
    if (width < 720) await page.locator('.to-people').click();
    await page.locator('.people li button').nth(person).click();
    return page;
  }
  const answers = (page: Page) => page.locator('.said.theirs:has(time)');
  async function say(page: Page, text: string): Promise<void> {
    const before = await answers(page).count();
    await page.locator('.foot textarea').fill(text);
    await page.locator('.foot textarea').press('Enter');
    await answers(page).nth(before).waitFor({ timeout: 60_000 });
  }

  it('says hello, opens a list and picks from it; what travels is shown and signed', { timeout: 300_000 }, async () => {
    const page = await phone(0, 1440, 900);
    await axe(page);
    await say(page, 'otra cosa');
    await page.locator('.travel .chip', { hasText: 'firma correcta' }).waitFor();
    await say(page, 'menú');
    await page.locator('.buttons .list').last().click();
    await axe(page);
    const row = page.locator('.sheet label').first();
    const title = await row.locator('b').innerText();
    await row.click();
    const before = await answers(page).count();
    await page.locator('.go').click();
    await answers(page).nth(before).waitFor({ timeout: 60_000 });
    expect(await page.locator('.said.mine .words').last().innerText()).toBe(title);
    await page.locator('.travel li', { hasText: 'list_reply' }).waitFor();
    await axe(page);
    await page.context().close();
  });

  it(
    'fills the screen of a narrow phone; people and what travels are drawers that Esc closes',
    { timeout: 300_000 },
    async () => {
      const page = await phone(1, 390, 844);
      await say(page, 'hola');
      expect((await page.locator('.device').boundingBox())!.width).toBe(390);
      await page.locator('.to-travel').click();
      await page.locator('aside.travel.open li').first().waitFor();
      await axe(page);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('aside.open').count()).toBe(0);
      expect(await page.evaluate(() => document.activeElement?.className)).toBe('to-travel');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await page.context().close();
    },
  );
});
