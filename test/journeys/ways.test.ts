import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { fits, journey, times } from './journey.ts';

describeInBrowser('the ways that patients are offered', () => {
  const walk = journey();
  const shown = (page: Page): Promise<string[]> =>
    page.locator('.wy-preview li').evaluateAll((all) => all.map((one) => one.getAttribute('data-way')!));

  it('an author hides the chat at a long wait, tries it, and the web window follows', async () => {
    const patient = await walk.visitor();
    const problems: string[] = [];
    patient.on('pageerror', (error) => problems.push(error.message));
    await patient.goto(`${walk.house.url}/demo/site`);
    await patient.locator('.launch').click();
    const chat = patient.locator('.way').filter({ hasText: 'Chat ahora' });
    await chat.waitFor();
    await axe(patient);

    const author = await walk.signedIn('carme');
    await author.goto(`${walk.house.url}/desk/ways`);
    await expect.poll(() => shown(author)).toContain('chat');
    await axe(author);
    await author.getByRole('button', { name: 'Añadir regla' }).click();
    // a rule without a name is not published
    await expect.poll(() => author.getByRole('button', { name: 'Publicar' }).isDisabled()).toBe(true);
    await author.getByLabel('Nombre de la regla').fill('Espera larga');
    await author.getByText('Si la espera pasa de 20 minutos').waitFor();

    // what somebody would be offered, and which rule decided
    const wait = author.locator('.wy-sample').getByLabel('Espera', { exact: true });
    await wait.selectOption('25');
    await expect.poll(() => shown(author)).not.toContain('chat');
    await author
      .locator('.wy-why [data-way="chat"][data-offered="false"]')
      .getByText('Regla 1, «Espera larga»')
      .waitFor();
    await wait.selectOption('5');
    await expect.poll(() => shown(author)).toContain('chat');
    // no rule takes a person away from an emergency
    await wait.selectOption('25');
    await author.locator('.wy-sample').getByLabel('Urgencia').selectOption('red_flag');
    await expect.poll(async () => (await shown(author)).slice(0, 2)).toEqual(['emergency', 'call']);
    await expect.poll(() => shown(author)).toContain('chat');
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
    await chat.waitFor({ state: 'detached' });
    await patient.locator('.way').nth(1).waitFor();
    await axe(patient);
    const agent = await walk.signedIn('irene');
    await walk.ask(agent, '/api/presence', { state: 'available' });
    await chat.waitFor();
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
  });

  it('a supervisor reads and tries it on a phone, and changes nothing', async () => {
    const page = await walk.signedIn('rosa', { width: 390 });
    await page.goto(`${walk.house.url}/desk/ways`);
    await page.locator('.wy-preview').waitFor();
    await axe(page);
    await times(page.getByRole('button', { name: 'Publicar' }), 0);
    await times(page.getByRole('button', { name: 'Añadir regla' }), 0);
    await fits(page);
  });

  it('a server that knows no ways of its own still opens the window', async () => {
    const page = await walk.visitor({ width: 390, height: 844 });
    await page.context().route('**/api/public/ways**', (route) => route.fulfill({ status: 404, body: '{}' }));
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${walk.house.url}/demo/site`);
    await page.locator('.launch').click();
    await page.locator('.way').first().waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await page.locator('.launch').waitFor();
    expect(problems).toEqual([]);
  });
});
