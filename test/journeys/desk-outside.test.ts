import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { startModelServer, type ModelServer } from '../model-server.ts';
import { fits, journey } from './journey.ts';

describeInBrowser('bots and model', () => {
  const desk = journey();
  let model: ModelServer;

  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model?.close());

  async function administrator(theme: string, width: number, language = 'es'): Promise<Page> {
    const page = await desk.signedIn('admin', { theme, width, language });
    await page.locator('.rail a[href="/desk/outside"]').click();
    await page.locator('#model-url').waitFor();
    return page;
  }

  it('an administrator sets up a model, agrees, tries it, reads the log, takes it back; adds a bot and sees its secret once', async () => {
    const page = await administrator('light', 1440);
    await page.locator('#model-url').fill(model.url);
    await page.locator('#model-model').fill('stand-in');
    await page.locator('#model-key').fill(model.key);
    await page.getByRole('button', { name: 'Guardar' }).click();
    // an address inside the house needs to be meant
    await page.getByRole('alert').filter({ hasText: 'https://' }).waitFor();
    await page.getByLabel('Es una dirección de nuestra red').check();
    await page.getByRole('button', { name: 'Guardar' }).click();
    await page
      .getByText(/Sale hacia .*stand-in/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Aceptar Resumir' }).click();
    await page.getByText(/Lo aceptó/).waitFor();
    model.does = () => ({ say: 'OK' });
    await page.getByRole('button', { name: 'Probar', exact: true }).click();
    await page.getByText(/Responde como debe/).waitFor();
    await page.getByRole('button', { name: /^Leer/ }).first().click();
    await page.getByText('Answer with exactly the word OK.').waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Retirar Resumir' }).click();
    await page.getByText(/lo retiró/).waitFor();

    await page.getByRole('button', { name: 'Añadir bot' }).click();
    await page.locator('#bot-key').fill('recipes');
    await page.locator('#bot-name').fill('Recetas');
    await page.locator('#bot-url').fill('https://bot.example.org/hook');
    await axe(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Guardar' }).click();
    await page.locator('.once').filter({ hasText: 'whsec_' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('No sale ningún dato personal').waitFor();
    await expect.poll(() => page.content()).not.toContain('whsec_');
    await axe(page);
  });

  it.each([
    ['dark', 390, 'pt'],
    ['light', 390, 'ca'],
    ['contrast', 1440, 'en'],
  ])('in %s at %i, in %s: nothing that axe finds, nothing that runs over', async (theme, width, language) => {
    const page = await administrator(theme, width, language);
    await axe(page);
    await fits(page);
  });
});
