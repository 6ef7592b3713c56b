import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { journey, PASSWORD, times, words } from './journey.ts';

const SENTENCE = 'no tengo fiebre pero me duele el pecho y no puedo respirar';

describeInBrowser('who reads and signs what keeps patients safe', () => {
  const desk = journey();

  const open = (page: Page, path: string) => page.goto(`${desk.house.url}/desk/author/${path}`);
  const says = (page: Page, selector: string, expected: string | RegExp) => words(page.locator(selector), expected);

  /** Fills in who signs, with this password, and sends it. */
  async function signs(page: Page, password: string): Promise<void> {
    await page.getByLabel('Número de colegiado').fill('COMB 12345');
    await page.getByLabel('Tu contraseña, otra vez').fill(password);
    await page.locator('.dialog-f .pri').click();
  }

  it('a clinician tries a sentence, reads why, and signs the pack with her password', async () => {
    const page = await desk.signedIn('nuria');
    await page.locator('.rf-rule').first().waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/desk/author/red-flags');
    await says(page, '.page-h .state', /^Borrador$/);

    const sentence = page.locator('.rf-try textarea');
    await sentence.fill(SENTENCE);
    await sentence.press('Enter');
    await page.locator('.rf-level.hard').waitFor();
    await says(page, '.rf-level', '112');
    const marked = (mark: string) => (): Promise<(string | null)[]> =>
      page.locator(`.rf-sentence mark.${mark}`).evaluateAll((all) => all.map((one) => one.firstChild!.textContent));
    await expect.poll(marked('fired')).toEqual(expect.arrayContaining(['pecho', 'no puedo respirar']));
    await expect.poll(marked('off')).toEqual(['fiebre']);
    await expect.poll(marked('context')).toContain('no');
    await says(page, '.rf-reasons', 'Corazón');
    await says(page, '.rf-reasons', /negación \(«no»\)/);
    await says(page, '.rf-reasons', 'No cuentan: «fiebre».');
    await says(page, '.rf-told', '112');
    await sentence.fill('quiero pedir cita con el dermatólogo');
    await sentence.press('Enter');
    await page.locator('.rf-level.none').waitFor();

    // a concept of a rule opens its words, found by one of them
    const rules = page.locator('.rf-rule');
    const all = await rules.count();
    await page.getByRole('searchbox').fill('opresión');
    await expect.poll(() => rules.count()).toBeLessThan(all);
    const concept = page.locator('.rf-rule .rf-concept', { hasText: 'opresión, peso' }).first();
    await concept.press('Enter');
    await expect.poll(() => concept.getAttribute('aria-expanded')).toBe('true');
    await page.locator('.rf-open .rf-entries li.hit').first().waitFor();
    await says(page, '.rf-open .rf-entries li.hit', /opres/);
    await page.getByRole('searchbox').fill('qqqq');
    await page.getByText('Nada coincide').waitFor();

    await page.locator('.page-h .btn.pri').click();
    await signs(page, 'not her password');
    await page.locator('.dialog [role=alert]').waitFor();
    await says(page, '.page-h .state', /^Borrador$/);
    await signs(page, PASSWORD);
    await page.locator('.page-h .state.signed').waitFor();
    await says(page, '.rf-standing', /Firmado por Núria Casals \(COMB 12345\)/);

    await page.getByRole('button', { name: 'Firmas' }).click();
    await says(page, '.thread-list', 'Núria Casals (COMB 12345) firmó');
    await page.getByRole('button', { name: 'Retirar la firma' }).click();
    await page.getByLabel('Motivo').fill('falta una regla');
    await page.locator('.dialog-f .pri').click();
    await page.locator('.page-h .state.withdrawn').waitFor();
    await says(page, '.rf-standing', 'falta una regla');
  });

  it('an author reviews a protocol; a clinician reads it, tries it, signs it, and it serves', async () => {
    const carme = await desk.signedIn('carme');
    await open(carme, 'protocols');
    await carme.getByRole('link', { name: 'Dolor de pecho', exact: true }).click();
    await carme.getByRole('button', { name: 'Dar por revisado' }).click();
    await carme.getByText('Dices que lo has leído entero').waitFor();
    await carme.locator('.dialog-f .pri').click();
    await carme.locator('.page-h .state.reviewed').waitFor();
    // who reviews does not sign
    await times(carme.getByRole('button', { name: 'Firmar' }), 0);

    const page = await desk.signedIn('nuria');
    await open(page, 'protocols');
    await page.locator('.pr-row').first().waitFor();
    await says(page, '.pr-group h2', /Revisados, sin firmar/);
    await page.getByRole('link', { name: 'Dolor de pecho', exact: true }).click();
    await page.locator('.pr-rules').waitFor();
    await says(page, '.pr-rules h3', 'Llamar a emergencias ahora');
    await page.locator('.pr-read-h').getByRole('button', { name: 'los cuatro' }).click();
    await expect.poll(() => page.locator('.pr-rules .pr-text dd[lang=pt]').count()).toBeGreaterThan(3);
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
    await says(page, '.pr-outcome h2', 'Llamar a emergencias ahora');
    await says(page, '.pr-outcome .pr-held', '¿Le cuesta respirar');
    await page.getByLabel('Idioma', { exact: true }).selectOption('pt');
    await page.locator('.pr-asked[lang=pt]').first().waitFor();
    await page.getByRole('button', { name: 'Empezar de nuevo' }).click();
    await page.locator('.pr-outcome').waitFor({ state: 'detached' });
    await times(page.locator('.pr-answered'), 0);

    await page.getByRole('button', { name: 'Pruebas y casos' }).click();
    await expect.poll(() => page.locator('.pr-proof .ok-i').count()).toBeGreaterThan(10);

    await page.locator('.page-h').getByRole('button', { name: 'Firmar' }).click();
    await signs(page, PASSWORD);
    await page.locator('.page-h .state.signed').waitFor();
    await page.getByRole('button', { name: 'Activar' }).click();
    await page.getByText('Desde ahora se pregunta a los pacientes').waitFor();
    await page.locator('.dialog-f .pri').click();
    await page.locator('.page-h .state.active').waitFor();
    await page.getByRole('button', { name: 'Historia y firmas' }).click();
    // the newest first
    await says(page, '.thread-list', /Activo[^]*Firmado/);
    await says(page, '.thread-list', 'Carme Roig');
    await says(page, '.thread-list', 'Núria Casals');
  });

  it('who may not is told so, and sees no way there', async () => {
    const page = await desk.signedIn('irene');
    await times(page.getByRole('link', { name: 'Señales de alarma' }), 0);
    const status = await page.evaluate(async () => [
      (await fetch('/api/red-flags')).status,
      (await fetch('/api/protocols')).status,
    ]);
    expect(status).toEqual([403, 403]);
    await open(page, 'red-flags');
    await page.locator('.page .nothing').waitFor();
  });

  it.each([
    { width: 390, theme: 'light', language: 'es' },
    { width: 1440, theme: 'dark', language: 'ca' },
    { width: 390, theme: 'contrast', language: 'pt' },
  ])('$width, $theme, $language: axe finds nothing, nothing is cut, every word is there', async (how) => {
    const page = await desk.signedIn('nuria', how);
    const look = async (): Promise<void> => {
      await axe(page);
      await expect
        .poll(() =>
          page.evaluate(() => ({
            over: document.documentElement.scrollWidth - innerWidth,
            inner: [...document.querySelectorAll('.page')].map((one) => one.scrollWidth - one.clientWidth),
            keys: document.body.innerText.match(/\b(?:redFlags|protocols|signOff)\.\w+/g),
          })),
        )
        .toEqual({ over: 0, inner: [0], keys: null });
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
  });
});
