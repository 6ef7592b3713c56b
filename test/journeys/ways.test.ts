import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';

describeInBrowser('the ways that patients are offered', () => {
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

  async function signedIn(email: string, width = 1440): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: 'es-ES',
      reducedMotion: 'reduce',
    });
    await context.addInitScript(() => localStorage.setItem('hebra.language', 'es'));
    const page = await context.newPage();
    await page.goto(`${house.url}/desk`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor({ timeout: 60_000 });
    return page;
  }
  const shown = (page: Page): Promise<string[]> =>
    page.locator('.wy-preview li').evaluateAll((all) => all.map((one) => one.getAttribute('data-way')!));

  it(
    'an author hides the chat at a long wait, tries it, and the web window follows',
    { timeout: 300_000 },
    async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'es-ES' });
      const patient = await context.newPage();
      const problems: string[] = [];
      patient.on('pageerror', (error) => problems.push(error.message));
      await patient.goto(`${house.url}/demo/site`);
      await patient.locator('.launch').click();
      const chat = patient.locator('.way').filter({ hasText: 'Chat ahora' });
      await chat.waitFor();
      await axe(patient);

      const author = await signedIn('carme@vegaclara.example');
      await author.goto(`${house.url}/desk/ways`);
      await expect.poll(() => shown(author), { timeout: 60_000 }).toContain('chat');
      await axe(author);
      await author.getByRole('button', { name: 'Añadir regla' }).click();
      // a rule without a name is not published
      expect(await author.getByRole('button', { name: 'Publicar' }).isDisabled()).toBe(true);
      await author.getByLabel('Nombre de la regla').fill('Espera larga');
      await author.getByText('Si la espera pasa de 20 minutos').waitFor();

      // what somebody would be offered, and which rule decided
      const wait = author.locator('.wy-sample').getByLabel('Espera', { exact: true });
      await wait.selectOption('25');
      await expect.poll(() => shown(author), { timeout: 60_000 }).not.toContain('chat');
      await author
        .locator('.wy-why [data-way="chat"][data-offered="false"]')
        .getByText('Regla 1, «Espera larga»')
        .waitFor();
      await wait.selectOption('5');
      await expect.poll(() => shown(author), { timeout: 60_000 }).toContain('chat');
      // no rule takes a person away from an emergency
      await wait.selectOption('25');
      await author.locator('.wy-sample').getByLabel('Urgencia').selectOption('red_flag');
      await expect
        .poll(async () => (await shown(author)).slice(0, 2), { timeout: 60_000 })
        .toEqual(['emergency', 'call']);
      expect(await shown(author)).toContain('chat');
      await axe(author);

      // a second rule that can never decide is said so; it is moved with the keyboard and taken out again
      await author.getByRole('button', { name: 'Hecho' }).click();
      await author.getByRole('button', { name: 'Añadir regla' }).click();
      await author.getByLabel('Nombre de la regla').fill('Repetida');
      await author.locator('[data-finding="shadowed"]').getByText('«Espera larga» va antes').waitFor();
      await author.getByRole('button', { name: 'Hecho' }).click();
      await author.getByRole('button', { name: 'Subir «Repetida»' }).focus();
      await author.keyboard.press('Enter');
      await expect
        .poll(() => author.locator('.wy-rule .strong').allInnerTexts())
        .toEqual([expect.stringContaining('Repetida'), expect.stringContaining('Espera larga')]);
      await expect
        .poll(() => author.evaluate(() => document.activeElement?.getAttribute('aria-label')))
        .toBe('Bajar «Repetida»');
      await author.getByRole('button', { name: 'Cambiar «Repetida»' }).click();
      await author.getByRole('button', { name: 'Quitar', exact: true }).click();

      await author.getByRole('button', { name: 'Publicar' }).click();
      const dialog = author.getByRole('dialog');
      await dialog.getByText('Publicar como versión 1').waitFor();
      await dialog.getByLabel('Qué cambia').fill('Sin chat con esperas largas');
      await axe(author);
      await dialog.getByRole('button', { name: 'Publicar' }).click();
      await author.getByText('Publicado. Ya se ofrece así.').waitFor();

      // nobody is signed in, so one would wait longer than twenty minutes: the open window follows by itself
      await chat.waitFor({ state: 'detached', timeout: 120_000 });
      expect(await patient.locator('.way').count()).toBeGreaterThan(1);
      await axe(patient);
      const agent = await signedIn('irene@vegaclara.example');
      await agent.evaluate(() =>
        fetch('/api/presence', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ state: 'available' }),
        }),
      );
      await chat.waitFor({ timeout: 120_000 });
      await patient.locator('.way .wait').first().waitFor();
      expect(problems).toEqual([]);

      // back to how it was, as a version of its own
      await author.getByRole('button', { name: 'Cambiar «Espera larga»' }).click();
      await author.getByRole('button', { name: 'Quitar', exact: true }).click();
      await author.getByRole('button', { name: 'Publicar' }).click();
      await dialog.getByRole('button', { name: 'Publicar' }).click();
      await author.getByRole('button', { name: 'Historial' }).click();
      await author.getByRole('button', { name: 'Volver a esta' }).click();
      await dialog.getByRole('button', { name: 'Volver a esta' }).click();
      await author.getByText('Vuelve a la versión 1').waitFor();
    },
  );

  it('a supervisor reads and tries it on a phone, and changes nothing', { timeout: 300_000 }, async () => {
    const page = await signedIn('rosa@vegaclara.example', 390);
    await page.goto(`${house.url}/desk/ways`);
    await page.locator('.wy-preview').waitFor({ timeout: 60_000 });
    await axe(page);
    expect(await page.getByRole('button', { name: 'Publicar' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Añadir regla' }).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  });

  it('a server that knows no ways of its own still opens the window', { timeout: 300_000 }, async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'es-ES' });
    await context.route('**/api/public/ways**', (route) => route.fulfill({ status: 404, body: '{}' }));
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${house.url}/demo/site`);
    await page.locator('.launch').click();
    await page.locator('.way').first().waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await page.locator('.launch').waitFor();
    expect(problems).toEqual([]);
  });
});
