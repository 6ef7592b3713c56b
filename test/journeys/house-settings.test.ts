import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { journey, PASSWORD, times } from './journey.ts';

describeInBrowser('what an administrator decides', () => {
  const desk = journey();
  const tab = (page: Page, name: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Organización' }).getByRole('link', { name, exact: true }).click();
  const heading = (page: Page, name: string): Promise<void> =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

  it('an entity and a queue of its own; an agent can transfer to it, and it is in the report', async () => {
    const admin = await desk.signedIn('admin');
    await admin.getByRole('link', { name: 'Organización', exact: true }).click();
    await tab(admin, 'Entidades');
    await heading(admin, 'Entidades');
    await axe(admin);
    await admin.getByLabel('Nombre de la entidad').fill('Mutua Norte');
    await admin.keyboard.press('Enter');
    await admin.getByRole('heading', { level: 2, name: 'Mutua Norte' }).waitFor();

    await tab(admin, 'Colas');
    await admin.getByRole('link', { name: 'Nueva cola' }).click();
    await heading(admin, 'Nueva cola');
    await axe(admin);
    // what is wrong is said at its field, and the first of them has the focus
    await admin.getByLabel('Para quién trabaja').selectOption({ label: 'Mutua Norte' });
    await admin.getByRole('button', { name: 'Crear' }).click();
    await admin.getByText('Hay 4 campos que revisar').waitFor();
    await admin.locator('input:focus[aria-invalid="true"]').waitFor();
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
    await said.getByText('Contesta para Mutua Norte.').waitFor();
    await said.getByText(/Quiere contestar el 80.% antes de 4.min; lo urgente, antes de 1.min\./).waitFor();
    await said.getByText(/A partir de la mitad del objetivo \(2.min\) se pide un nivel menos\./).waitFor();
    await admin.getByText('Nadie podría contestar, por mucho que espere.').waitFor();
    await axe(admin);
    await admin.getByRole('button', { name: 'Crear' }).click();
    await heading(admin, 'Colas');
    await admin.getByRole('link', { name: 'Otorrinolaringología', exact: true }).waitFor();
    await axe(admin);
    // put in order with the keyboard, which stays on what moves, and by its grip; kept for whoever comes next
    const order = (): Promise<string[]> => admin.locator('ol.house-list h2').allInnerTexts();
    const made = (await order()).length - 1;
    const before = (await order())[made - 1]!;
    await admin.getByRole('button', { name: 'Subir «Otorrinolaringología»' }).focus();
    await admin.keyboard.press('Enter');
    await expect.poll(order).toHaveProperty(String(made), before);
    await expect
      .poll(() => admin.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Subir «Otorrinolaringología»');
    const first = (await order())[0]!;
    const row = admin.locator('ol.house-list > li').filter({ hasText: 'Otorrinolaringología' });
    await row.locator('.grip').dragTo(admin.locator('ol.house-list > li').first());
    await expect.poll(order).toHaveProperty('0', 'Otorrinolaringología');
    await expect
      .poll(async () => {
        const { queues } = await desk.ask<{ queues: { names: { es: string } }[] }>(admin, '/api/queues');
        return queues.slice(0, 2).map((one) => one.names.es);
      })
      .toEqual(['Otorrinolaringología', first]);

    await tab(admin, 'Agentes');
    await axe(admin);
    await admin.getByRole('link', { name: 'Marcos Iribarren' }).click();
    await admin.getByLabel('Competencia', { exact: true }).fill('audiología');
    await admin.getByRole('button', { name: 'Añadir Competencia' }).click();
    await axe(admin);
    await admin.getByRole('button', { name: 'Guardar' }).click();
    await heading(admin, 'Agentes');
    await admin.getByText('audiología 3').waitFor();
    await tab(admin, 'Colas');
    await admin.getByText(/Puede 1, pero ahora no está: Marcos Iribarren/).waitFor();

    // an agent passes a patient on to it
    const irene = await desk.signedIn('irene');
    await desk.ask(irene, '/api/presence', { state: 'available' });
    const patient = (await desk.personas())[0]!;
    await desk.says(patient.waId, 'hola');
    await desk.says(patient.waId, 'quiero hablar con una persona');
    await irene.locator('.offer .pri').click();
    await irene.locator('#composer').waitFor();
    await irene.locator('#thread').focus();
    await irene.keyboard.press('t');
    await irene.getByRole('dialog').waitFor();
    await irene.getByRole('combobox').fill('otorrino');
    await irene
      .getByRole('option', { name: /Otorrinolaringología/ })
      .first()
      .waitFor();

    await tab(admin, 'Niveles de servicio');
    await admin.locator('.level-said').waitFor();
    await axe(admin);
    await admin.getByRole('radio', { name: 'Mes' }).check();
    await admin.locator('.level-entity').first().waitFor();
    const link = await admin.getByRole('link', { name: 'Descargar CSV' }).getAttribute('href');
    const file = await admin.evaluate(async (href) => (await fetch(href!)).text(), link);
    expect(file.split('\r\n')[0]).toContain('from,until,entity,queue,class');
  });

  it('the emergency number asks for the password; who is not an administrator does not get the page', async () => {
    const admin = await desk.signedIn('admin', { width: 390 });
    await admin.goto(`${desk.house.url}/desk/house/organisation`);
    await heading(admin, 'Datos y reglas');
    await axe(admin);
    const number = admin.getByLabel('Número de emergencias');
    await expect.poll(() => number.inputValue()).toBe('112');
    const save = admin.getByRole('button', { name: 'Guardar' });
    await number.fill('');
    await save.click();
    await admin.getByText('Falta escribirlo.').first().waitFor();
    await number.fill('911');
    await admin.getByLabel('Tu contraseña').fill('not this one');
    await save.click();
    await admin.getByText('La contraseña no coincide.').waitFor();
    await admin.getByLabel('Tu contraseña').fill(PASSWORD);
    await save.click();
    await admin.getByText('Todo está guardado').waitFor();
    await admin.reload();
    await heading(admin, 'Datos y reglas');
    await expect.poll(() => number.inputValue()).toBe('911');

    const irene = await desk.signedIn('irene');
    await times(irene.locator('.rail a[href="/desk/house"]'), 0);
    expect(await irene.evaluate(async () => (await fetch('/api/settings/organisation')).status)).toBe(403);
  });
});
