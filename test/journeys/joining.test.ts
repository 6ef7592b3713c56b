import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { journey, pair, times } from './journey.ts';

describeInBrowser('colleagues in a conversation', () => {
  const desk = journey();

  /** A dialog that a key of the conversation opens. */
  async function byKey(page: Page, key: string): Promise<void> {
    await page.locator('#thread').focus();
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor();
    await axe(page);
  }
  const done = (page: Page): Promise<void> => page.getByRole('dialog').waitFor({ state: 'detached' });

  it('are consulted beside it, the assistant is given an errand, and a task is left for tomorrow', async () => {
    const irene = await desk.signedIn('irene');
    const lucia = await desk.signedIn('lucia');
    await desk.ask(lucia, '/api/presence', { state: 'break' });
    await desk.ask(irene, '/api/presence', { state: 'available' });
    const patient = (await desk.personas())[0]!;
    await desk.says(patient.waId, 'hola');
    await desk.says(patient.waId, 'quiero hablar con una persona');
    await irene.locator('.offer .pri').click();
    await irene.locator('#composer').waitFor();

    // a consult: whom, what; on the other desk at once
    await byKey(irene, 'q');
    await irene.getByRole('combobox').fill('lucia');
    await irene.getByRole('dialog').locator('textarea').fill('¿Puede esperar al jueves?');
    await irene.getByRole('dialog').locator('.btn.pri').click();
    await done(irene);
    await lucia.locator('.ask-card', { hasText: '¿Puede esperar al jueves?' }).waitFor();
    await axe(lucia);
    // whatever is put before somebody is answered with the same key
    await lucia.keyboard.press('a');
    await lucia.locator('.consult-c .msg', { hasText: 'quiero hablar con una persona' }).waitFor();
    await lucia.locator('.side-f textarea').fill('Sí, que espere.');
    await axe(lucia);
    await lucia.keyboard.press('Enter');
    await irene.locator('.side li', { hasText: 'Sí, que espere.' }).waitFor();
    await axe(irene);
    await irene.getByRole('button', { name: 'Cerrar consulta' }).click();
    await irene.locator('.sides').waitFor({ state: 'detached' });
    await lucia.getByText('ya no puedes leer la conversación desde aquí').waitFor();
    await times(lucia.locator('.consult-c .msg'), 0);
    // nothing of it reached the patient
    const told = await (await fetch(`${desk.house.url}/demo/phone/history?as=${patient.waId}`)).text();
    expect(told).not.toContain('que espere');

    // the assistant gathers the documents, and the conversation comes back
    await byKey(irene, 'v');
    await irene.getByRole('radio', { name: 'Reunir los documentos' }).check();
    await irene.getByRole('dialog').locator('.btn.pri').click();
    await done(irene);
    await irene.locator('.small-row', { hasText: 'Reunir los documentos' }).waitFor();
    await desk.says(patient.waId, 'ya están');
    await irene.locator('.offer .pri').click();
    await irene.locator('#composer').waitFor();
    await irene.locator('.msg.out', { hasText: /^La conversación vuelve con Irene/ }).waitFor();

    // a task for tomorrow, and how it went
    await byKey(irene, 'l');
    await irene.getByRole('dialog').locator('textarea').fill('Llamar con el resultado');
    await irene.getByRole('button', { name: /^Mañana/ }).click();
    await irene.getByRole('dialog').locator('.btn.pri').click();
    await done(irene);
    await irene.locator('.knot', { hasText: 'deja una tarea' }).waitFor();
    await irene.locator('#thread').focus();
    await pair(irene, 'g', 't');
    const task = irene.locator('.task', { hasText: 'Llamar con el resultado' });
    await task.waitFor();
    await irene.getByRole('heading', { name: /^Mañana/ }).waitFor();
    await axe(irene);
    await task.getByRole('button', { name: /^Hecha/ }).click();
    await irene.getByRole('dialog').waitFor();
    await irene.getByRole('radio', { name: 'No contestó' }).check();
    await axe(irene);
    await irene.getByRole('dialog').locator('.btn.pri').click();
    await task.waitFor({ state: 'detached' });
    await irene.getByRole('button', { name: 'Terminadas' }).click();
    await irene.locator('.task', { hasText: 'No contestó' }).waitFor();
  });
});
