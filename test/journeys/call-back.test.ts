import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';

describeInBrowser('a patient who is called back', () => {
  let house: DemoHouse;
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    house = await openDemo();
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function page(width = 1440, height = 900): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height }, locale: 'es-ES', reducedMotion: 'reduce' });
    contexts.push(context);
    await context.addInitScript(() => localStorage.setItem('hebra.language', 'es'));
    return context.newPage();
  }

  it('asks on the window, is seen and tried at the desk, and takes it back', async () => {
    const patient = await page(390, 844);
    await patient.goto(`${house.url}/demo/site`);
    await patient.locator('.launch').click();
    await patient.locator('.way', { hasText: 'a otra hora' }).click();
    const form = patient.locator('.call form');
    await form.waitFor({ timeout: 60_000 });
    await form.getByLabel('A una hora').check();
    await axe(patient);
    await form.getByLabel('Número de teléfono').fill('612 34');
    await form.getByLabel(/Acepto/).check();
    await form.getByRole('button', { name: 'Pedir' }).click();
    await patient.locator('.call [role="alert"]').waitFor({ timeout: 60_000 });
    await form.getByLabel('Número de teléfono').fill('612 34 56 78');
    await form.getByRole('button', { name: 'Pedir' }).click();
    await patient.locator('.call .mine').waitFor({ timeout: 60_000 });
    expect(await patient.locator('.call .mine').innerText()).toContain('678');
    await axe(patient);

    const agent = await page();
    await agent.goto(`${house.url}/desk`);
    await agent.locator('#email').fill('irene@vegaclara.example');
    await agent.locator('#password').fill(PASSWORD);
    await agent.locator('#password').press('Enter');
    await agent.locator('.rail-me').waitFor({ timeout: 60_000 });
    await agent.evaluate(() =>
      fetch('/api/presence', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state: 'available' }),
      }),
    );
    // today's or another day's: the soonest slot depends on the hour at which this runs
    await agent.getByRole('link', { name: 'Llamadas pedidas' }).click();
    await agent.locator('.tabs').waitFor();
    const row = agent.locator('.task');
    const today = await agent.evaluate(async () => {
      const answer = await fetch('/api/call-backs?list=today');
      return ((await answer.json()) as { callBacks: unknown[] }).callBacks.length;
    });
    await agent.locator('.tabs button', { hasText: today > 0 ? 'Hoy' : 'Próximas' }).click();
    await row.waitFor({ timeout: 60_000 });
    await axe(agent);
    expect(await row.getByRole('link', { name: '+34612345678' }).getAttribute('href')).toBe('tel:+34612345678');
    const conversation = await row.getByRole('link', { name: /Ver conversación/ }).getAttribute('href');

    // taken by hand where the hour allows it; by night nobody is called, and that is said
    const answer = agent.waitForResponse((response) => response.url().endsWith('/try'));
    await row.getByRole('button', { name: /Llamar ahora/ }).click();
    if ((await answer).status() === 200) {
      await agent.locator('.calling').waitFor({ timeout: 60_000 });
      expect(await agent.locator('.calling-n').getAttribute('href')).toBe('tel:+34612345678');
      await axe(agent);
      await agent.keyboard.press('u');
      await agent.locator('.calling').waitFor({ state: 'detached', timeout: 60_000 });
      await agent.locator('.tries li', { hasText: 'No contesta' }).waitFor({ timeout: 60_000 });
    } else {
      expect((await answer).status()).toBe(409);
      await agent.goto(`${house.url}${conversation}`);
      await agent.locator('#patient').getByText('Llamada', { exact: true }).waitFor({ timeout: 60_000 });
    }

    // the patient sees it and takes it back
    await patient.locator('.call .tool').click();
    await patient.locator('.way', { hasText: 'a otra hora' }).click();
    await patient.locator('.call section').waitFor({ timeout: 60_000 });
    await patient.getByRole('button', { name: 'Cancelar' }).click();
    await patient.locator('.call [role="status"]', { hasText: 'Ya no le llamaremos' }).waitFor({ timeout: 60_000 });
  });
});
