import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';
const PATIENTLY = { timeout: 60_000 };

describeInBrowser('colleagues in a conversation', () => {
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

  async function signedIn(email: string): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'es-ES',
      reducedMotion: 'reduce',
    });
    await context.addInitScript(() => {
      localStorage.setItem('hebra.theme', 'light');
      localStorage.setItem('hebra.language', 'es');
    });
    const page = await context.newPage();
    await page.goto(`${house.url}/desk`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor(PATIENTLY);
    return page;
  }
  const ask = <Answer>(page: Page, path: string, body?: unknown): Promise<Answer> =>
    page.evaluate(
      async ([to, given]) => {
        const answer = await fetch(to!, {
          method: given === undefined ? 'GET' : 'POST',
          ...(given && { headers: { 'content-type': 'application/json' }, body: given }),
        });
        return (await answer.json()) as Answer;
      },
      [path, body === undefined ? undefined : JSON.stringify(body)] as [string, string | undefined],
    );
  async function patientSays(waId: string, words: string): Promise<void> {
    const sent = await fetch(`${house.url}/demo/phone/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: waId, message: { type: 'text', text: { body: words } } }),
    });
    expect(sent.status).toBe(200);
  }
  /** A dialog that a key of the conversation opens. */
  async function byKey(page: Page, key: string): Promise<void> {
    await page.locator('#thread').focus();
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor(PATIENTLY);
    await axe(page);
  }
  const done = (page: Page): Promise<void> => page.getByRole('dialog').waitFor({ state: 'detached', ...PATIENTLY });

  it(
    'are consulted beside it, the assistant is given an errand, and a task is left for tomorrow',
    { timeout: 300_000 },
    async () => {
      const irene = await signedIn('irene@vegaclara.example');
      const lucia = await signedIn('lucia@vegaclara.example');
      await ask(lucia, '/api/presence', { state: 'break' });
      await ask(irene, '/api/presence', { state: 'available' });
      const { people } = (await (await fetch(`${house.url}/demo/phone/people`)).json()) as {
        people: { waId: string; name: string; language: string }[];
      };
      const patient = people.find((person) => person.language === 'es')!;
      await patientSays(patient.waId, 'hola');
      await patientSays(patient.waId, 'quiero hablar con una persona');
      await irene.locator('.offer .pri').click(PATIENTLY);
      await irene.locator('#composer').waitFor(PATIENTLY);

      // a consult: whom, what; on the other desk at once
      await byKey(irene, 'q');
      await irene.getByRole('combobox').fill('lucia');
      await irene.getByRole('dialog').locator('textarea').fill('¿Puede esperar al jueves?');
      await irene.getByRole('dialog').locator('.btn.pri').click();
      await done(irene);
      await lucia.locator('.ask-card', { hasText: '¿Puede esperar al jueves?' }).waitFor(PATIENTLY);
      await axe(lucia);
      await lucia.locator('.ask-card .pri').click();
      await lucia.locator('.consult-c .msg', { hasText: 'quiero hablar con una persona' }).waitFor(PATIENTLY);
      await lucia.locator('.side-f textarea').fill('Sí, que espere.');
      await axe(lucia);
      await lucia.keyboard.press('Enter');
      await irene.locator('.side li', { hasText: 'Sí, que espere.' }).waitFor(PATIENTLY);
      await axe(irene);
      await irene.getByRole('button', { name: 'Cerrar consulta' }).click();
      await irene.locator('.sides').waitFor({ state: 'detached', ...PATIENTLY });
      await lucia.getByText('ya no puedes leer la conversación desde aquí').waitFor(PATIENTLY);
      expect(await lucia.locator('.consult-c .msg').count()).toBe(0);
      // nothing of it reached the patient
      const told = await (await fetch(`${house.url}/demo/phone/history?as=${patient.waId}`)).text();
      expect(told).not.toContain('que espere');

      // the assistant gathers the documents, and the conversation comes back
      await byKey(irene, 'v');
      await irene.getByRole('radio', { name: 'Reunir los documentos' }).check();
      await irene.getByRole('dialog').locator('.btn.pri').click();
      await done(irene);
      await irene.locator('.small-row', { hasText: 'Reunir los documentos' }).waitFor(PATIENTLY);
      await patientSays(patient.waId, 'ya están');
      await irene.locator('.offer .pri').click(PATIENTLY);
      await irene.locator('#composer').waitFor(PATIENTLY);
      await irene.locator('.msg.out', { hasText: /^La conversación vuelve con Irene/ }).waitFor(PATIENTLY);

      // a task for tomorrow, and how it went
      await byKey(irene, 'l');
      await irene.getByRole('dialog').locator('textarea').fill('Llamar con el resultado');
      await irene.getByRole('button', { name: /^Mañana/ }).click();
      await irene.getByRole('dialog').locator('.btn.pri').click();
      await done(irene);
      await irene.locator('.knot', { hasText: 'deja una tarea' }).waitFor(PATIENTLY);
      await irene.locator('#thread').focus();
      await irene.keyboard.press('g');
      await irene.keyboard.press('t');
      const task = irene.locator('.task', { hasText: 'Llamar con el resultado' });
      await task.waitFor(PATIENTLY);
      await irene.getByRole('heading', { name: /^Mañana/ }).waitFor(PATIENTLY);
      await axe(irene);
      await task.getByRole('button', { name: /^Hecha/ }).click();
      await irene.getByRole('dialog').waitFor(PATIENTLY);
      await irene.getByRole('radio', { name: 'No contestó' }).check();
      await axe(irene);
      await irene.getByRole('dialog').locator('.btn.pri').click();
      await task.waitFor({ state: 'detached', ...PATIENTLY });
      await irene.getByRole('button', { name: 'Terminadas' }).click();
      await irene.locator('.task', { hasText: 'No contestó' }).waitFor(PATIENTLY);
    },
  );
});
