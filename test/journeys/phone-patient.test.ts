import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { journey, times } from './journey.ts';

describeInBrowser('a patient on the demo phone', () => {
  const walk = journey();

  async function phone(person: number, width: number, height: number): Promise<Page> {
    const page = await walk.visitor({ width, height });
    await page.goto(`${walk.house.url}/demo/phone`);
    if (width < 720) await page.locator('.to-people').click();
    await page.locator('.people li button').nth(person).click();
    return page;
  }
  const answers = (page: Page) => page.locator('.said.theirs:has(time)');
  async function say(page: Page, text: string): Promise<void> {
    const before = await answers(page).count();
    await page.locator('.foot textarea').fill(text);
    await page.locator('.foot textarea').press('Enter');
    await answers(page).nth(before).waitFor();
  }

  it('says hello, opens a list and picks from it; what travels is shown and signed', async () => {
    const page = await phone(0, 1440, 900);
    await axe(page);
    await say(page, 'otra cosa');
    await page.locator('.travel .chip', { hasText: 'firma correcta' }).first().waitFor();
    await say(page, 'menú');
    await page.locator('.buttons .list').last().click();
    await axe(page);
    const row = page.locator('.sheet label').first();
    const title = await row.locator('b').innerText();
    await row.click();
    const before = await answers(page).count();
    await page.locator('.go').click();
    await answers(page).nth(before).waitFor();
    await expect.poll(() => page.locator('.said.mine .words').last().innerText()).toBe(title);
    await page.locator('.travel li', { hasText: 'list_reply' }).first().waitFor();
    await axe(page);
  });

  it('fills the screen of a narrow phone; people and what travels are drawers that Esc closes', async () => {
    const page = await phone(1, 390, 844);
    await say(page, 'hola');
    await expect.poll(async () => (await page.locator('.device').boundingBox())?.width).toBe(390);
    await page.locator('.to-travel').click();
    await page.locator('aside.travel.open li').first().waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await times(page.locator('aside.open'), 0);
    await page.locator('.to-travel:focus').waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
