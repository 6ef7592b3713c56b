import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';

describeInBrowser('an agent at the desk', () => {
  let house: DemoHouse;
  let browser: Browser;

  beforeAll(async () => {
    house = await openDemo();
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  /** A colleague signed in and available, with the keyboard in hand. */
  async function signedIn(email: string, options: { width?: number; height?: number; theme?: string; language?: string } = {}): Promise<{ page: Page; context: BrowserContext }> {
    const { width = 1440, height = 900, theme = 'light', language = 'es' } = options;
    const context = await browser.newContext({ viewport: { width, height }, locale: 'es-ES', reducedMotion: 'reduce' });
    await context.addInitScript(
      ([chosen, spoken]) => {
        localStorage.setItem('hebra.theme', chosen!);
        localStorage.setItem('hebra.language', spoken!);
      },
      [theme, language],
    );
    const page = await context.newPage();
    await page.goto(`${house.url}/desk`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor({ timeout: 20_000 });
    return { page, context };
  }

  async function patientSays(waId: string, words: string): Promise<void> {
    const sent = await fetch(`${house.url}/demo/phone/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: waId, message: { type: 'text', text: { body: words } } }),
    });
    expect(sent.status).toBe(200);
  }
  async function patients(): Promise<{ waId: string; name: string; language: string }[]> {
    const answer = (await (await fetch(`${house.url}/demo/phone/people`)).json()) as { people: { waId: string; name: string; language: string }[] };
    return answer.people.filter((person) => person.language === 'es');
  }

  it('says why it lets nobody in, and lets in', { timeout: 60_000 }, async () => {
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ca-ES' })).newPage();
    await page.goto(`${house.url}/desk`);
    await page.getByRole('heading', { name: 'Entrar' }).waitFor();
    await axe(page);
    await page.locator('#email').fill('irene@vegaclara.example');
    await page.locator('#password').fill('not this one');
    await page.locator('#password').press('Enter');
    await page.locator('.said').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await axe(page);
    await page.context().close();
  });

  it('accepts, answers, notes, books and wraps up without a mouse; nothing is lost while the line is down', { timeout: 120_000 }, async () => {
    const { page, context } = await signedIn('irene@vegaclara.example');
    await page.locator('.calm .btn.pri.lg').click();
    await axe(page);
    const patient = (await patients())[0]!;
    await patientSays(patient.waId, 'hola');
    await patientSays(patient.waId, 'quiero hablar con una persona');
    await page.locator('.offer').waitFor({ timeout: 15_000 });
    await axe(page);
    await page.keyboard.press('a');
    await page.locator('#composer').waitFor();
    await page.getByRole('complementary').getByRole('heading', { name: patient.name }).waitFor();
    await axe(page);

    await page.keyboard.press('r');
    await page.keyboard.type('Buenos días, le atiende Irene.');
    await page.keyboard.press('Enter');
    await page.locator('.msg.out:not(.going)', { hasText: 'le atiende Irene' }).waitFor();
    await patientSays(patient.waId, '¿Me cambia la cita?');
    await page.locator('.msg.in', { hasText: '¿Me cambia la cita?' }).waitFor();

    await context.setOffline(true);
    await page.keyboard.type('Escrito sin línea');
    await page.keyboard.press('Enter');
    await page.locator('.msg.going', { hasText: 'Escrito sin línea' }).waitFor();
    await context.setOffline(false);
    await page.locator('.msg.out:not(.going)', { hasText: 'Escrito sin línea' }).waitFor({ timeout: 30_000 });
    expect(await page.locator('.msg', { hasText: 'Escrito sin línea' }).count()).toBe(1);

    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.keyboard.type('Prefiere por la tarde');
    await page.keyboard.press('Enter');
    await page.locator('.msg.note', { hasText: 'Prefiere por la tarde' }).waitFor();

    await page.keyboard.press('Escape');
    const before = await page.locator('.ap > li').count();
    await page.keyboard.press('b');
    await page.locator('.slot').first().waitFor();
    await axe(page);
    await page.locator('.slot input').nth(2).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.ap > li').count(), { timeout: 10_000 }).toBe(before + 1);

    await page.locator('#thread').focus();
    await page.keyboard.press('c');
    await page.locator('.picks label').first().waitFor();
    await axe(page);
    await page.keyboard.press('1');
    await page.keyboard.press('s');
    await page.locator('.nobody').waitFor({ timeout: 10_000 });

    // what stands on the page now is what a fresh load shows
    await page.reload();
    await page.locator('.nobody').waitFor({ timeout: 15_000 });
    await context.close();
  });

  it.each([
    ['dark', 'ca', 'marcos@vegaclara.example'],
    ['contrast', 'pt', 'neus@vegaclara.example'],
  ])('reads in %s and %s, and on a phone in three steps', { timeout: 90_000 }, async (theme, language, email) => {
    const { page, context } = await signedIn(email, { width: 390, height: 844, theme, language });
    await page.locator('.nobody .btn').click();
    await axe(page);
    const person = (await patients())[theme === 'dark' ? 1 : 2]!;
    await patientSays(person.waId, 'hola');
    await patientSays(person.waId, 'persona');
    await page.locator('.offer .pri').click({ timeout: 15_000 });
    await page.locator('#composer').waitFor();
    await axe(page);
    await page.locator('.to-panel').click();
    await page.locator('#patient .pid').waitFor();
    await axe(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await context.close();
  });

  it('finds a patient, shows the keys, and one’s own account', { timeout: 60_000 }, async () => {
    const { page, context } = await signedIn('admin@vegaclara.example');
    await page.locator('table').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await page.goto(`${house.url}/desk/settings`);
    await page.locator('.card').first().waitFor();
    await axe(page);
    await page.goto(`${house.url}/desk/staff`);
    await page.locator('table').waitFor();
    await axe(page);
    await context.close();
  });
});
