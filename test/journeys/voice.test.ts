import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { envelope, runHouse } from '../running-house.ts';
import { fits, journey, times } from './journey.ts';

const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;

describeInBrowser('how we speak to patients', () => {
  // at the address that it knows itself by
  const desk = journey(async () => {
    const house = await runHouse();
    return { ...house, url: house.url.replace('127.0.0.1', 'localhost') };
  });

  /** What somebody who never wrote before is answered. */
  async function answeredTo(from: string, text: string): Promise<string> {
    await desk.house.webhook(envelope([{ from, text, id: `wamid.${from}.${text}` }]));
    return JSON.stringify(await desk.house.answered(from));
  }

  it('an administrator hears the forms, chooses one, and the next conversation uses it; afterwards another', async () => {
    expect(await answeredTo('34600900001', 'hola')).toContain('¿En qué le ayudo?');

    const page = await desk.signedIn('admin');
    await page.getByRole('link', { name: 'Cómo hablamos a los pacientes' }).click();
    const said = page.locator('.voices');
    await said.getByText('Puede tocar una opción').waitFor();
    const save = page.getByRole('button', { name: 'Guardar' });
    await expect.poll(() => save.isDisabled()).toBe(true);

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
    await expect.poll(() => page.getByLabel('Tú', { exact: true }).isChecked()).toBe(true);

    // and who chose it stands in the trail
    const { entries } = await desk.ask<{ entries: { actor: { kind: string }; detail: Record<string, unknown> }[] }>(
      page,
      '/api/audit?subjectKind=organisation&action=change',
    );
    expect(entries.filter(({ detail }) => detail['address']).map(({ actor, detail }) => [actor.kind, detail])).toEqual([
      ['staff', { address: 'tu', was: 'vos' }],
      ['staff', { address: 'vos', was: 'usted' }],
    ]);
  });

  it('who may not administer the organisation does not get the page', async () => {
    const page = await desk.signedIn('irene');
    await times(page.locator('.rail a[href="/desk/voice"]'), 0);
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
  });

  it.each([
    ['light', 1440],
    ['dark', 390],
  ] as const)('reads well in %s at %d, in every language', async (theme, width) => {
    for (const language of LANGUAGES) {
      const page = await desk.signedIn('admin', { theme, width, language });
      await page.locator('.rail a[href="/desk/voice"]').click();
      await page.locator('.voices li').nth(2).waitFor();
      await axe(page);
      await fits(page);
    }
  });
});
