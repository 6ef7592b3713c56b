import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';

describeInBrowser('what the hospital knows', () => {
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

  async function signedIn(email: string, theme = 'light', width = 1440): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: 'es-ES',
      reducedMotion: 'reduce',
    });
    await context.addInitScript((chosen) => {
      localStorage.setItem('hebra.theme', chosen);
      localStorage.setItem('hebra.language', 'es');
    }, theme);
    const page = await context.newPage();
    await page.goto(`${house.url}/desk`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor({ timeout: 60_000 });
    return page;
  }

  it(
    'an author writes what nobody could answer, a patient gets it, an agent puts it into a reply',
    { timeout: 300_000 },
    async () => {
      // who writes begins with what they write
      const author = await signedIn('carme@vegaclara.example');
      await author.getByRole('heading', { name: 'Conocimiento' }).waitFor();
      await author.locator('.articles').waitFor();
      await axe(author);
      await author.getByRole('link', { name: 'Sin respuesta' }).click();
      const asked = author.locator('.asked > li').filter({ hasText: 'acupuntura' }).first();
      await asked.waitFor();
      await axe(author);
      await asked.getByRole('button', { name: /Escribir artículo/ }).click();
      await author.getByLabel('Título').fill('Acupuntura');
      await author
        .getByLabel('Texto', { exact: true })
        .last()
        .fill('Sí: la **Unidad del dolor** hace acupuntura los martes, con cita.<script>alert(1)</script>');
      await author.locator('.phone-bubble').getByText('Unidad del dolor').waitFor();
      await author.getByText('El HTML se deja fuera.').waitFor();
      await axe(author);
      await author.getByRole('button', { name: 'Publicar', exact: true }).click();
      const dialog = author.getByRole('dialog');
      await dialog.getByText('Desde ahora se responde así').waitFor();
      await axe(author);
      await dialog.getByRole('button', { name: 'Publicar' }).click();
      await author.getByText('Publicado. Ya se responde así.').waitFor();
      expect(await author.locator('.lang-tabs .missing').count()).toBeGreaterThan(0);

      // the patient sees it while writing, and is answered with it and its source
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'es-ES' });
      const patient = await context.newPage();
      await patient.goto(`${house.url}/demo/site`);
      await patient.locator('.launch').click();
      await patient.locator('.way.best').click();
      const field = patient.locator('textarea');
      await field.fill('hacen acupumtura?');
      const suggestion = patient.locator('summary', { hasText: 'Acupuntura' });
      await suggestion.click();
      await patient.locator('details').getByText('los martes, con cita').waitFor();
      await axe(patient);
      await field.press('Enter');
      const answer = patient.locator('.said.in .bubble').filter({ hasText: 'Unidad del dolor' });
      await answer.waitFor();
      expect(await answer.textContent()).toContain('Fuente: Hospital Vega Clara');
      expect(await answer.textContent()).not.toContain('<script>');
      await patient.locator('.said.in .bubble').filter({ hasText: '¿Le ha servido?' }).waitFor();
      await patient.getByRole('button', { name: 'No', exact: true }).click();
      await patient.locator('.said.in .bubble').filter({ hasText: 'no sea lo que buscaba' }).waitFor();
      await patient.getByRole('button', { name: 'Hablar con alguien' }).click();

      // the agent finds the same text with one key, in the patient's words
      const agent = await signedIn('rosa@vegaclara.example', 'dark');
      await agent.evaluate(() =>
        fetch('/api/presence', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ state: 'available' }),
        }),
      );
      const offered = agent.getByRole('button', { name: /Aceptar/ }).first();
      await offered.waitFor({ timeout: 60_000 });
      await offered.click();
      await agent.locator('#composer').waitFor();
      await agent.locator('#thread').focus();
      await agent.keyboard.press('f');
      const search = agent.getByRole('combobox', { name: /Buscar artículos/ });
      await search.waitFor();
      await search.fill('acupuntura');
      await agent.locator('.know-a').getByText('los martes, con cita').waitFor();
      await axe(agent);
      await search.press('Enter');
      expect(await agent.locator('#composer').inputValue()).toContain('*Unidad del dolor* hace acupuntura');
      expect(await agent.locator('#composer').evaluate((one) => one === document.activeElement)).toBe(true);

      // what was withdrawn is answered no more; the question that it did not help with waits for the author
      await author.getByRole('button', { name: 'Retirar' }).click();
      await author.getByRole('dialog').getByRole('button', { name: 'Retirar' }).click();
      await author.getByText('Retirado. Ya no se responde.').waitFor();
      await author.getByRole('link', { name: 'Sin respuesta' }).click();
      const again = author.locator('.asked > li').filter({ hasText: 'acupumtura' });
      await again.getByText('Se respondió y no sirvió:').waitFor();
    },
  );

  it('is there on a phone, in the dark, and says so when nothing is found', { timeout: 300_000 }, async () => {
    const page = await signedIn('carme@vegaclara.example', 'dark', 390);
    await page.locator('.articles').waitFor();
    await axe(page);
    await page.getByRole('searchbox', { name: 'Buscar por título' }).fill('zzz');
    await page.getByText('Nada con esos filtros.').waitFor();
    await page.getByRole('searchbox', { name: 'Buscar por título' }).fill('aparcam');
    await page.getByRole('link', { name: 'Aparcamiento', exact: true }).click();
    await page.locator('.phone-bubble').waitFor();
    await axe(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide).toBe(false);
  });
});
