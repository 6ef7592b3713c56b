import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { journey, words } from './journey.ts';

describeInBrowser('a patient who is called back', () => {
  const walk = journey();

  it('asks on the window, is seen and tried at the desk, and takes it back', async () => {
    const patient = await walk.visitor({ width: 390, height: 844 });
    await patient.goto(`${walk.house.url}/demo/site`);
    await patient.locator('.launch').click();
    await patient.locator('.way', { hasText: 'a otra hora' }).click();
    const form = patient.locator('.call form');
    await form.waitFor();
    await form.getByLabel('A una hora').check();
    await axe(patient);
    await form.getByLabel('Número de teléfono').fill('612 34');
    await form.getByLabel(/Acepto/).check();
    await form.getByRole('button', { name: 'Pedir' }).click();
    await patient.locator('.call [role="alert"]').waitFor();
    await form.getByLabel('Número de teléfono').fill('612 34 56 78');
    await form.getByRole('button', { name: 'Pedir' }).click();
    await patient.locator('.call .mine').waitFor();
    await words(patient.locator('.call .mine'), '678');
    await axe(patient);
    // by keyboard one goes round on this screen, never to what lies beneath
    await patient.locator('.over .urgent a').focus();
    await patient.keyboard.press('Tab');
    const back = patient.locator('.call .tool');
    await expect
      .poll(() => back.evaluate((tool) => (tool.getRootNode() as ShadowRoot).activeElement === tool))
      .toBe(true);

    const agent = await walk.signedIn('irene');
    await walk.ask(agent, '/api/presence', { state: 'available' });
    // today's or another day's: the soonest slot depends on the hour at which this runs
    await agent.getByRole('link', { name: 'Llamadas pedidas' }).click();
    await agent.locator('.tabs').waitFor();
    const row = agent.locator('.task');
    const { callBacks } = await walk.ask<{ callBacks: unknown[] }>(agent, '/api/call-backs?list=today');
    await agent.locator('.tabs button', { hasText: callBacks.length > 0 ? 'Hoy' : 'Próximas' }).click();
    await row.waitFor();
    await axe(agent);
    await row.locator('a[href="tel:+34612345678"]', { hasText: '+34612345678' }).waitFor();
    const conversation = await row.getByRole('link', { name: /Ver conversación/ }).getAttribute('href');

    // taken by hand where the hour allows it; by night nobody is called, and that is said
    const answer = agent.waitForResponse((response) => response.url().endsWith('/try'));
    await row.getByRole('button', { name: /Llamar ahora/ }).click();
    if ((await answer).status() === 200) {
      await agent.locator('.calling').waitFor();
      await agent.locator('.calling-n[href="tel:+34612345678"]').waitFor();
      await axe(agent);
      await agent.keyboard.press('u');
      await agent.locator('.calling').waitFor({ state: 'detached' });
      await agent.locator('.tries li', { hasText: 'No contesta' }).waitFor();
    } else {
      expect((await answer).status()).toBe(409);
      await agent.goto(`${walk.house.url}${conversation}`);
      await agent.locator('#patient').getByText('Llamada', { exact: true }).waitFor();
    }

    // the patient sees it and takes it back
    await patient.locator('.call .tool').click();
    await patient.locator('.way', { hasText: 'a otra hora' }).click();
    await patient.locator('.call section').waitFor();
    await patient.getByRole('button', { name: 'Cancelar' }).click();
    await patient.locator('.call [role="status"]', { hasText: 'Ya no le llamaremos' }).waitFor();
    // the desk that looks on shows it without asking again
    await agent.locator('#patient').getByText('Anulada').first().waitFor();
  });
});
