import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';
const SENTENCE = 'no tengo fiebre pero me duele el pecho y no puedo respirar';

describeInBrowser('who reads and signs what keeps patients safe', () => {
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

  async function signedIn(
    who: 'nuria' | 'carme' | 'irene',
    options: { width?: number; theme?: string; language?: string } = {},
  ): Promise<{ page: Page; context: BrowserContext }> {
    const { width = 1440, theme = 'light', language = 'es' } = options;
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: 'es-ES',
      reducedMotion: 'reduce',
    });
    await context.addInitScript(
      ([chosen, spoken]) => {
        localStorage.setItem('hebra.theme', chosen!);
        localStorage.setItem('hebra.language', spoken!);
      },
      [theme, language],
    );
    const page = await context.newPage();
    await page.goto(`${house.url}/desk`);
    await page.locator('#email').fill(`${who}@vegaclara.example`);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor({ timeout: 60_000 });
    return { page, context };
  }
  const open = (page: Page, path: string) => page.goto(`${house.url}/desk/author/${path}`);
  const text = async (page: Page, selector: string): Promise<string> =>
    (await page.locator(selector).first().innerText()).replaceAll('\u00a0', ' ');

  /** Fills in who signs, with this password, and sends it. */
  async function signs(page: Page, password: string): Promise<void> {
    await page.getByLabel('Número de colegiado').fill('COMB 12345');
    await page.getByLabel('Tu contraseña, otra vez').fill(password);
    await page.locator('.dialog-f .pri').click();
  }

  it('a clinician tries a sentence, reads why, and signs the pack with her password', async () => {
    const { page, context } = await signedIn('nuria');
    await page.locator('.rf-rule').first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/desk/author/red-flags');
    expect(await text(page, '.page-h .state')).toBe('Borrador');

    const sentence = page.locator('.rf-try textarea');
    await sentence.fill(SENTENCE);
    await sentence.press('Enter');
    await page.locator('.rf-level.hard').waitFor();
    expect(await text(page, '.rf-level')).toContain('112');
    const marked = (mark: string) =>
      page.locator(`.rf-sentence mark.${mark}`).evaluateAll((all) => all.map((one) => one.firstChild!.textContent));
    expect(await marked('fired')).toEqual(expect.arrayContaining(['pecho', 'no puedo respirar']));
    expect(await marked('off')).toEqual(['fiebre']);
    expect(await marked('context')).toContain('no');
    const why = await text(page, '.rf-reasons');
    expect(why).toContain('Corazón');
    expect(why).toMatch(/negación \(«no»\)/);
    expect(why).toContain('No cuentan: «fiebre».');
    expect(await text(page, '.rf-told')).toContain('112');
    await sentence.fill('quiero pedir cita con el dermatólogo');
    await sentence.press('Enter');
    await page.locator('.rf-level.none').waitFor();

    // a concept of a rule opens its words, found by one of them
    await page.getByRole('searchbox').fill('opresión');
    const concept = page.locator('.rf-rule .rf-concept', { hasText: 'opresión, peso' }).first();
    await concept.focus();
    await page.keyboard.press('Enter');
    expect(await concept.getAttribute('aria-expanded')).toBe('true');
    await page.locator('.rf-open .rf-entries li.hit').first().waitFor();
    expect(await text(page, '.rf-open .rf-entries li.hit')).toMatch(/opres/);
    await page.getByRole('searchbox').fill('qqqq');
    await page.getByText('Nada coincide').waitFor();

    await page.locator('.page-h .btn.pri').click();
    await signs(page, 'not her password');
    await page.locator('.dialog [role=alert]').waitFor();
    expect(await text(page, '.page-h .state')).toBe('Borrador');
    await signs(page, PASSWORD);
    await page.locator('.page-h .state.signed').waitFor();
    expect(await text(page, '.rf-standing')).toMatch(/Firmado por Núria Casals \(COMB 12345\)/);

    await page.getByRole('button', { name: 'Firmas' }).click();
    expect(await text(page, '.thread-list')).toContain('Núria Casals (COMB 12345) firmó');
    await page.getByRole('button', { name: 'Retirar la firma' }).click();
    await page.getByLabel('Motivo').fill('falta una regla');
    await page.locator('.dialog-f .pri').click();
    await page.locator('.page-h .state.withdrawn').waitFor();
    expect(await text(page, '.rf-standing')).toContain('falta una regla');
    await context.close();
  });

  it('an author reviews a protocol; a clinician reads it, tries it, signs it, and it serves', async () => {
    const carme = await signedIn('carme');
    await open(carme.page, 'protocols');
    await carme.page.getByRole('link', { name: 'Dolor de pecho', exact: true }).click();
    await carme.page.getByRole('button', { name: 'Dar por revisado' }).click();
    await carme.page.getByText('Dices que lo has leído entero').waitFor();
    await carme.page.locator('.dialog-f .pri').click();
    await carme.page.locator('.page-h .state.reviewed').waitFor();
    // who reviews does not sign
    expect(await carme.page.getByRole('button', { name: 'Firmar' }).count()).toBe(0);
    await carme.context.close();

    const { page, context } = await signedIn('nuria');
    await open(page, 'protocols');
    await page.locator('.pr-row').first().waitFor();
    expect(await text(page, '.pr-group h2')).toMatch(/Revisados, sin firmar/);
    await page.getByRole('link', { name: 'Dolor de pecho', exact: true }).click();
    await page.locator('.pr-rules').waitFor();
    expect(await text(page, '.pr-rules h3')).toContain('Llamar a emergencias ahora');
    await page.locator('.pr-read-h').getByRole('button', { name: 'los cuatro' }).click();
    expect(await page.locator('.pr-rules .pr-text dd[lang=pt]').count()).toBeGreaterThan(3);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Exportar FHIR' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/chest_pain.*v1\.fhir\.json$/);

    // as a patient: a red flag that one is not sure about counts as a yes; written in Portuguese
    await page.getByRole('button', { name: 'Probar' }).click();
    const talk = page.locator('.pr-talk');
    await talk.getByRole('button', { name: 'No', exact: true }).click();
    await page.locator('.pr-answered').nth(0).waitFor();
    await talk.getByRole('button', { name: 'No lo sé' }).click();
    await page.locator('.pr-outcome').waitFor();
    expect(await text(page, '.pr-outcome h2')).toContain('Llamar a emergencias ahora');
    expect(await text(page, '.pr-outcome .pr-held')).toContain('¿Le cuesta respirar');
    await page.getByLabel('Idioma', { exact: true }).selectOption('pt');
    await page.locator('.pr-asked[lang=pt]').first().waitFor();
    await page.getByRole('button', { name: 'Empezar de nuevo' }).click();
    await page.locator('.pr-outcome').waitFor({ state: 'detached' });
    expect(await page.locator('.pr-answered').count()).toBe(0);

    await page.getByRole('button', { name: 'Pruebas y casos' }).click();
    expect(await page.locator('.pr-proof .ok-i').count()).toBeGreaterThan(10);

    await page.locator('.page-h').getByRole('button', { name: 'Firmar' }).click();
    await signs(page, PASSWORD);
    await page.locator('.page-h .state.signed').waitFor();
    await page.getByRole('button', { name: 'Activar' }).click();
    await page.getByText('Desde ahora se pregunta a los pacientes').waitFor();
    await page.locator('.dialog-f .pri').click();
    await page.locator('.page-h .state.active').waitFor();
    await page.getByRole('button', { name: 'Historia y firmas' }).click();
    const history = await text(page, '.thread-list');
    expect(history.indexOf('Activo')).toBeLessThan(history.indexOf('Firmado'));
    expect(history).toContain('Carme Roig');
    expect(history).toContain('Núria Casals');
    await context.close();
  });

  it('who may not is told so, and sees no way there', async () => {
    const { page, context } = await signedIn('irene');
    expect(await page.getByRole('link', { name: 'Señales de alarma' }).count()).toBe(0);
    const status = await page.evaluate(async () => [
      (await fetch('/api/red-flags')).status,
      (await fetch('/api/protocols')).status,
    ]);
    expect(status).toEqual([403, 403]);
    await open(page, 'red-flags');
    await page.locator('.page .nothing').waitFor();
    await context.close();
  });

  it.each([
    { width: 390, theme: 'light', language: 'es' },
    { width: 1440, theme: 'dark', language: 'ca' },
    { width: 390, theme: 'contrast', language: 'pt' },
  ])(
    '$width, $theme, $language: axe finds nothing, nothing is cut, every word is there',
    async (how) => {
      const { page, context } = await signedIn('nuria', how);
      const look = async (): Promise<void> => {
        await axe(page);
        const seen = await page.evaluate(() => ({
          over: document.documentElement.scrollWidth - innerWidth,
          inner: [...document.querySelectorAll('.page')].map((one) => one.scrollWidth - one.clientWidth),
          keys: document.body.innerText.match(/\b(?:redFlags|protocols|signOff)\.\w+/g),
        }));
        expect(seen).toEqual({ over: 0, inner: [0], keys: null });
      };
      await open(page, 'red-flags');
      await page.locator('.rf-rule').first().waitFor();
      await page.locator('.rf-try textarea').fill(SENTENCE);
      await page.locator('.rf-try textarea').press('Enter');
      await page.locator('.rf-verdict').waitFor();
      await page.locator('.rf-concept').first().click();
      await look();
      const parts = page.locator('.rf-pack > .choice button');
      for (let part = 1; part < 5; part++) {
        await parts.nth(part).click();
        if (part <= 2) await page.locator('.rf-fold button').first().click();
        await look();
      }
      await page.locator('.page-h .btn').last().click();
      await page.locator('.dialog').waitFor();
      await look();
      await page.keyboard.press('Escape');
      await open(page, 'protocols');
      await page.locator('.pr-row').first().waitFor();
      await look();
      await page.locator('.pr-row a').first().click();
      await page.locator('.pr-rules').waitFor();
      await page.locator('.pr-read-h .choice button').last().click();
      await look();
      const views = page.locator('.pr-b > .choice button');
      for (let view = 1; view < 4; view++) {
        await views.nth(view).click();
        if (view === 1) await page.locator('.pr-answer').waitFor();
        await look();
      }
      await context.close();
    },
    // axe reads some thousand words on each page
    240_000,
  );
});
