import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';
const PATIENTLY = { timeout: 60_000 };

describeInBrowser('what an administrator decides', () => {
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

  async function signedIn(who: string, width = 1440): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: 'es-ES',
      reducedMotion: 'reduce',
    });
    await context.addInitScript(() => {
      localStorage.setItem('hebra.theme', 'light');
      localStorage.setItem('hebra.language', 'es');
    });
    const page = await context.newPage();
    await page.goto(`${house.url}/desk`);
    await page.locator('#email').fill(`${who}@vegaclara.example`);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor(PATIENTLY);
    return page;
  }
  async function patientSays(waId: string, words: string): Promise<void> {
    const sent = await fetch(`${house.url}/demo/phone/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: waId, message: { type: 'text', text: { body: words } } }),
    });
    expect(sent.status).toBe(200);
  }
  const tab = (page: Page, name: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Organización' }).getByRole('link', { name, exact: true }).click(PATIENTLY);
  const heading = (page: Page, name: string): Promise<void> =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor(PATIENTLY);

  it(
    'an entity and a queue of its own; an agent can transfer to it, and it is in the report',
    { timeout: 300_000 },
    async () => {
      const admin = await signedIn('admin');
      await admin.getByRole('link', { name: 'Organización', exact: true }).click();
      await tab(admin, 'Entidades');
      await heading(admin, 'Entidades');
      await axe(admin);
      await admin.getByLabel('Nombre de la entidad').fill('Mutua Norte');
      await admin.keyboard.press('Enter');
      await admin.getByRole('heading', { level: 2, name: 'Mutua Norte' }).waitFor(PATIENTLY);

      await tab(admin, 'Colas');
      await admin.getByRole('link', { name: 'Nueva cola' }).click(PATIENTLY);
      await heading(admin, 'Nueva cola');
      await axe(admin);
      // what is wrong is said at its field, and the first of them has the focus
      await admin.getByLabel('Para quién trabaja').selectOption({ label: 'Mutua Norte' });
      await admin.getByRole('button', { name: 'Crear' }).click();
      await admin.getByText('Hay 4 campos que revisar').waitFor(PATIENTLY);
      await admin.locator('input:focus[aria-invalid="true"]').waitFor(PATIENTLY);
      for (const [language, name] of Object.entries({
        Español: 'Otorrinolaringología',
        Català: 'Otorrinolaringologia',
        English: 'Ear, nose and throat',
        Português: 'Otorrinolaringologia pt',
      }))
        await admin.getByLabel(language, { exact: true }).first().fill(name);
      await admin.getByLabel('Contestar antes de', { exact: true }).fill('4');
      await admin.getByLabel('lo urgente', { exact: true }).fill('60');
      await admin.getByLabel('Competencia', { exact: true }).fill('audiología');
      await admin.keyboard.press('Enter');
      await admin.getByLabel('Nivel de audiología').selectOption('3');
      await admin.getByRole('button', { name: 'Añadir paso' }).click();
      // read back as it stands, with who could answer: nobody, until the skill is given to somebody
      const said = admin.locator('.read-back');
      await said.getByText('Contesta para Mutua Norte.').waitFor(PATIENTLY);
      await said.getByText(/Quiere contestar el 80.% antes de 4.min; lo urgente, antes de 1.min\./).waitFor(PATIENTLY);
      await said.getByText(/A partir de la mitad del objetivo \(2.min\) se pide un nivel menos\./).waitFor(PATIENTLY);
      await admin.getByText('Nadie podría contestar, por mucho que espere.').waitFor(PATIENTLY);
      await axe(admin);
      await admin.getByRole('button', { name: 'Crear' }).click();
      await heading(admin, 'Colas');
      await admin.getByRole('link', { name: 'Otorrinolaringología', exact: true }).waitFor(PATIENTLY);
      await axe(admin);
      // put in order with the keyboard, which stays on what moves, and by its grip; kept for whoever comes next
      const order = (): Promise<string[]> => admin.locator('ol.house-list h2').allInnerTexts();
      const made = (await order()).length - 1;
      const before = (await order())[made - 1]!;
      await admin.getByRole('button', { name: 'Subir «Otorrinolaringología»' }).focus();
      await admin.keyboard.press('Enter');
      await expect.poll(order, PATIENTLY).toHaveProperty(String(made), before);
      await expect
        .poll(() => admin.evaluate(() => document.activeElement?.getAttribute('aria-label')), PATIENTLY)
        .toBe('Subir «Otorrinolaringología»');
      const first = (await order())[0]!;
      const row = admin.locator('ol.house-list > li').filter({ hasText: 'Otorrinolaringología' });
      await row.locator('.grip').dragTo(admin.locator('ol.house-list > li').first());
      await expect.poll(order, PATIENTLY).toHaveProperty('0', 'Otorrinolaringología');
      await expect
        .poll(async () => {
          const answer = await admin.evaluate(() => fetch('/api/queues').then((got) => got.json()));
          return (answer as { queues: { names: { es: string } }[] }).queues.slice(0, 2).map((one) => one.names.es);
        }, PATIENTLY)
        .toEqual(['Otorrinolaringología', first]);

      await tab(admin, 'Agentes');
      await axe(admin);
      await admin.getByRole('link', { name: 'Marcos Iribarren' }).click(PATIENTLY);
      await admin.getByLabel('Competencia', { exact: true }).fill('audiología');
      await admin.getByRole('button', { name: 'Añadir Competencia' }).click();
      await axe(admin);
      await admin.getByRole('button', { name: 'Guardar' }).click();
      await heading(admin, 'Agentes');
      await admin.getByText('audiología 3').waitFor(PATIENTLY);
      await tab(admin, 'Colas');
      await admin.getByText(/Puede 1, pero ahora no está: Marcos Iribarren/).waitFor(PATIENTLY);

      // an agent passes a patient on to it
      const irene = await signedIn('irene');
      await irene.evaluate(() =>
        fetch('/api/presence', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ state: 'available' }),
        }),
      );
      const { people } = (await (await fetch(`${house.url}/demo/phone/people`)).json()) as {
        people: { waId: string; language: string }[];
      };
      const patient = people.find((person) => person.language === 'es')!;
      await patientSays(patient.waId, 'hola');
      await patientSays(patient.waId, 'quiero hablar con una persona');
      await irene.locator('.offer .pri').click(PATIENTLY);
      await irene.locator('#composer').waitFor(PATIENTLY);
      await irene.locator('#thread').focus();
      await irene.keyboard.press('t');
      await irene.getByRole('dialog').waitFor(PATIENTLY);
      await irene.getByRole('combobox').fill('otorrino');
      await irene
        .getByRole('option', { name: /Otorrinolaringología/ })
        .first()
        .waitFor(PATIENTLY);
      await irene.context().close();

      await tab(admin, 'Niveles de servicio');
      await admin.locator('.level-said').waitFor(PATIENTLY);
      await axe(admin);
      await admin.getByRole('radio', { name: 'Mes' }).check();
      await admin.locator('.level-entity').first().waitFor(PATIENTLY);
      const link = await admin.getByRole('link', { name: 'Descargar CSV' }).getAttribute('href');
      const file = await admin.evaluate(async (href) => (await fetch(href!)).text(), link);
      expect(file.split('\r\n')[0]).toContain('from,until,entity,queue,class');
      await admin.context().close();
    },
  );

  it(
    'the emergency number asks for the password; who is not an administrator does not get the page',
    { timeout: 300_000 },
    async () => {
      const admin = await signedIn('admin', 390);
      await admin.goto(`${house.url}/desk/house/organisation`);
      await heading(admin, 'Datos y reglas');
      await axe(admin);
      const number = admin.getByLabel('Número de emergencias');
      expect(await number.inputValue()).toBe('112');
      const save = admin.getByRole('button', { name: 'Guardar' });
      await number.fill('');
      await save.click();
      await admin.getByText('Falta escribirlo.').first().waitFor(PATIENTLY);
      await number.fill('911');
      await admin.getByLabel('Tu contraseña').fill('not this one');
      await save.click();
      await admin.getByText('La contraseña no coincide.').waitFor(PATIENTLY);
      await admin.getByLabel('Tu contraseña').fill(PASSWORD);
      await save.click();
      await admin.getByText('Todo está guardado').waitFor(PATIENTLY);
      await admin.reload();
      await heading(admin, 'Datos y reglas');
      expect(await admin.getByLabel('Número de emergencias').inputValue()).toBe('911');
      await admin.context().close();

      const irene = await signedIn('irene');
      expect(await irene.locator('.rail a[href="/desk/house"]').count()).toBe(0);
      expect(await irene.evaluate(async () => (await fetch('/api/settings/organisation')).status)).toBe(403);
      await irene.context().close();
    },
  );
});
