import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { envelope, runHouse, type RunningHouse } from '../running-house.ts';
import type { Browser, Page } from 'playwright-core';

const PASSWORD = 'hebra-demo-2026';
const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;

describeInBrowser('how we speak to patients', () => {
  let house: RunningHouse;
  let browser: Browser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([runHouse(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function signedIn(who: string, theme: string, width: number, language: string): Promise<Page> {
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
    // the address that the house knows itself by
    await page.goto(`${house.url.replace('127.0.0.1', 'localhost')}/desk`);
    await page.locator('#email').fill(`${who}@vegaclara.example`);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor({ timeout: 60_000 });
    return page;
  }

  /** What somebody who never wrote before is answered. */
  async function answeredTo(from: string, text: string): Promise<string> {
    await house.webhook(envelope([{ from, text, id: `wamid.${from}.${text}` }]));
    return JSON.stringify(await house.answered(from));
  }

  it('an administrator hears the forms, chooses one, and the next conversation uses it; afterwards another', async () => {
    expect(await answeredTo('34600900001', 'hola')).toContain('¿En qué le ayudo?');

    const page = await signedIn('admin', 'light', 1440, 'es');
    await page.getByRole('link', { name: 'Cómo hablamos a los pacientes' }).click();
    const said = page.locator('.voices');
    await said.getByText('Puede tocar una opción').waitFor();
    const save = page.getByRole('button', { name: 'Guardar' });
    expect(await save.isDisabled()).toBe(true);

    await page.getByLabel('Vos', { exact: true }).check();
    await said.getByText('Podés tocar una opción').waitFor();
    // heard, not yet used
    expect(await answeredTo('34600900002', 'hola')).toContain('¿En qué le ayudo?');
    await save.click();
    await page.getByText('Es el trato que se usa ahora.').waitFor();
    expect(await answeredTo('34600900003', 'hola')).toContain('¿En qué te ayudo?');
    expect(await answeredTo('34600900004', 'quiero pedir cita')).toMatch(/saber quién sos/);

    await page.getByLabel('Tú', { exact: true }).check();
    await save.click();
    await page.getByText('Es el trato que se usa ahora.').waitFor();
    expect(await answeredTo('34600900005', 'quiero pedir cita')).toMatch(/saber quién eres/);
    expect(await answeredTo('34600900006', 'bon dia, vull demanar hora si us plau')).toMatch(/saber qui ets/);

    // what was chosen is there after a reload
    await page.reload();
    await said.getByText('Puedes tocar una opción').waitFor();
    expect(await page.getByLabel('Tú', { exact: true }).isChecked()).toBe(true);

    // and who chose it stands in the trail
    const trail = await page.evaluate(
      async () =>
        (await (await fetch('/api/audit?subjectKind=organisation&action=change')).json()) as {
          entries: { actor: { kind: string }; detail: unknown }[];
        },
    );
    expect(trail.entries.map((entry) => [entry.actor.kind, entry.detail])).toEqual([
      ['staff', { address: 'tu', was: 'vos' }],
      ['staff', { address: 'vos', was: 'usted' }],
    ]);
    await page.context().close();
  });

  it('who may not administer the organisation does not get the page', async () => {
    const page = await signedIn('irene', 'light', 1440, 'es');
    expect(await page.locator('.rail a[href="/desk/voice"]').count()).toBe(0);
    const status = (method: string, body?: string): Promise<number> =>
      page.evaluate(
        async ([how, what]) =>
          (
            await fetch('/api/voice', {
              method: how!,
              ...(what ? { body: what, headers: { 'content-type': 'application/json' } } : {}),
            })
          ).status,
        [method, body],
      );
    expect([await status('GET'), await status('PUT', '{"address":"vos"}')]).toEqual([403, 403]);
    await page.context().close();
  });

  it.each([
    ['light', 1440],
    ['dark', 390],
  ] as const)(
    'reads well in %s at %d, in every language',
    async (theme, width) => {
      for (const language of LANGUAGES) {
        const page = await signedIn('admin', theme, width, language);
        await page.locator('.rail a[href="/desk/voice"]').click();
        await page.locator('.voices li').nth(2).waitFor();
        await axe(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        await page.context().close();
      }
    },
    90_000,
  );
});
