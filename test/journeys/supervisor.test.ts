import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';
const WHISPER = 'Pregúntale si toma anticoagulantes';

describeInBrowser('a supervisor in the live room', () => {
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

  async function signedIn(email: string): Promise<{ page: Page; context: BrowserContext }> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'es-ES',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(90_000);
    await context.addInitScript(() => {
      localStorage.setItem('hebra.theme', 'light');
      localStorage.setItem('hebra.language', 'es');
    });
    const page = await context.newPage();
    await page.goto(`${house.url}/desk`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor({ timeout: 60_000 });
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
  async function axeInBoth(page: Page): Promise<void> {
    for (const theme of ['dark', 'light'] as const) {
      await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);
      await axe(page);
    }
  }

  it(
    'sees who waits, pins them to a colleague, reads along, whispers and takes over, without a mouse',
    { timeout: 600_000 },
    async () => {
      const rosa = await signedIn('rosa@vegaclara.example');
      const { page } = rosa;
      await page.keyboard.press('g');
      await page.keyboard.press('r');
      await page.getByRole('heading', { name: 'Sala en directo' }).waitFor();
      await page.locator('.sv-none', { hasText: 'No hay nadie conectado' }).waitFor({ timeout: 60_000 });
      await axeInBoth(page);

      const { people } = (await (await fetch(`${house.url}/demo/phone/people`)).json()) as {
        people: { waId: string; name: string; language: string }[];
      };
      const patient = people.find((person) => person.language === 'es')!;
      await patientSays(patient.waId, 'hola');
      await patientSays(patient.waId, 'quiero hablar con una persona');
      // the board comes to it by itself
      await page.locator('.figures .figure', { hasText: /^1$/ }).first().waitFor({ timeout: 60_000 });
      await page.keyboard.press('2');
      const first = page.locator('table.items tbody input[type=checkbox]').first();
      await first.waitFor({ timeout: 60_000 });
      await axeInBoth(page);
      await first.focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('f');
      await page.getByRole('dialog').waitFor();
      await axe(page);
      const window = page.getByRole('dialog');
      const whom = window.getByLabel('Persona', { exact: true });
      await whom.locator('option', { hasText: 'Irene Valdés' }).waitFor({ state: 'attached', timeout: 60_000 });
      await whom.focus();
      await page.keyboard.type('Irene');
      expect(await whom.evaluate((list: HTMLSelectElement) => list.selectedOptions[0]?.label)).toContain(
        'Irene Valdés',
      );
      await window.getByLabel('Motivo').fill('ya la conoce');
      await page.keyboard.press('Enter');
      await page.getByText('Fijada a Irene Valdés').waitFor({ timeout: 60_000 });

      // for nobody else it is offered
      const irene = await signedIn('irene@vegaclara.example');
      await irene.page.locator('.calm .btn.pri.lg').click();
      await irene.page.locator('.offer').waitFor({ timeout: 60_000 });
      await irene.page.keyboard.press('a');
      await irene.page.locator('#composer').waitFor({ timeout: 60_000 });

      await page.keyboard.press('3');
      await page
        .getByRole('button', { name: /^Escuchar/ })
        .first()
        .waitFor({ timeout: 60_000 });
      await page.keyboard.press('l');
      await page.getByLabel('Motivo').fill('primer día de Irene');
      await axeInBoth(page);
      await page.keyboard.press('Enter');
      await page.getByText('Escuchas. Irene Valdés lo ve.').waitFor({ timeout: 60_000 });
      await page.locator('.msg.in', { hasText: 'quiero hablar con una persona' }).waitFor({ timeout: 60_000 });
      await axeInBoth(page);
      await irene.page.locator('.listening-line', { hasText: 'Rosa Echevarría lee esta conversación' }).waitFor({
        timeout: 60_000,
      });

      await page.locator('#thread').focus();
      await page.keyboard.press('w');
      await page.keyboard.type(WHISPER);
      await page.keyboard.press('Enter');
      await irene.page.locator('.whispers', { hasText: WHISPER }).waitFor({ timeout: 60_000 });
      await axeInBoth(irene.page);

      await page.locator('#thread').focus();
      await page.keyboard.press('o');
      await page.getByLabel(/^Por qué se la tomas/).fill('el caso es delicado');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/desk\/c\//, { timeout: 60_000 });
      await page.locator('textarea#composer').waitFor({ timeout: 60_000 });
      await irene.page.locator('.taken-line', { hasText: 'Rosa Echevarría ha tomado esta conversación' }).waitFor({
        timeout: 60_000,
      });
      await irene.page.locator('.notices', { hasText: 'Ha tomado una conversación que llevabas' }).waitFor();
      expect(await irene.page.locator('textarea#composer').count()).toBe(0);
      await axe(irene.page);

      // what was whispered never came to the patient's phone
      const history = await (await fetch(`${house.url}/demo/phone/history?as=${patient.waId}`)).text();
      expect(history).toContain('hola');
      expect(history).not.toContain(WHISPER);

      // Rosa tells everybody; Irene has it until she has read it
      await page.goto(`${house.url}/desk/room`);
      await page.getByRole('heading', { name: 'Sala en directo' }).waitFor();
      await page.locator('.agents').waitFor({ timeout: 60_000 });
      await page.keyboard.press('b');
      await page.getByRole('dialog').getByLabel('Aviso').fill('A las once, simulacro');
      await page.getByRole('dialog').getByRole('button', { name: 'Avisar', exact: true }).click();
      const notice = irene.page.locator('.notices li', { hasText: 'A las once, simulacro' });
      await notice.getByRole('button', { name: 'Leído' }).click({ timeout: 60_000 });
      await notice.waitFor({ state: 'detached' });
      await irene.context.close();

      await page.goto(`${house.url}/desk/wall`);
      await page.locator('.wall-k').waitFor({ timeout: 60_000 });
      await axeInBoth(page);
      const small = await page
        .locator('.wall .figure, .wall td.big, .wall-s b')
        .evaluateAll((figures) =>
          figures.map((one) => parseFloat(getComputedStyle(one).fontSize)).filter((size) => size < 56),
        );
      expect(small).toEqual([]);
      expect(await page.locator('.wall :is(button, a, input, select)').count()).toBe(0);
      await rosa.context.close();
    },
  );
});
