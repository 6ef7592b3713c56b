import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { freePort, startDemo, type DemoProcess } from '../demo-process.ts';
import { startModelServer, type ModelServer } from '../model-server.ts';

const PASSWORD = 'hebra-demo-2026';
const ADMIN = 'admin@vegaclara.example';

describeInBrowser('bots and model', () => {
  let house: DemoProcess;
  let browser: Browser;
  let model: ModelServer;
  let dataDir = '';
  let url = '';

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hebra-outside-'));
    const port = await freePort();
    url = `http://localhost:${port}`;
    house = startDemo({ dataDir, port, env: { HEBRA_PUBLIC_URL: url } });
    [browser, model] = await Promise.all([launchBrowser(), startModelServer(), house.opened]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.end();
    await model?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function administrator(theme: string, width: number, language = 'es'): Promise<Page> {
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
    await page.goto(`${url}/desk`);
    await page.locator('#email').fill(ADMIN);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor({ timeout: 60_000 });
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
    expect(await page.content()).not.toContain('whsec_');
    await axe(page);
    await page.context().close();
  });

  it.each([
    ['dark', 390, 'pt'],
    ['light', 390, 'ca'],
    ['contrast', 1440, 'en'],
  ])('in %s at %i, in %s: nothing that axe finds, nothing that runs over', async (theme, width, language) => {
    const page = await administrator(theme, width, language);
    await axe(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await page.context().close();
  });
});
