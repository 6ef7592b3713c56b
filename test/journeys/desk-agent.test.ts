import { createHmac } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { softWords } from '../soft-words.ts';
import { axeInBoth, fits, journey, PASSWORD, times } from './journey.ts';

describeInBrowser('an agent at the desk', () => {
  const desk = journey();

  /** Down the open menu with the arrows, to what is meant. */
  async function arrowTo(page: Page, name: string): Promise<void> {
    // the focus comes into the menu a moment after it is seen
    await page.locator('[role=menu]:focus-within, [role=menu]:focus').waitFor();
    const meant = page.locator('[role=menuitem]:focus').filter({ hasText: name });
    const at = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');
    for (let step = 0; step < 12 && (await meant.count()) === 0; step++) {
      const before = await at();
      await page.keyboard.press('ArrowDown');
      await expect.poll(at).not.toBe(before);
    }
    await meant.waitFor();
  }
  /** From now on counts the tones that a page plays. */
  const listens = (page: Page): Promise<void> =>
    page.evaluate(() => {
      const Tone = globalThis.OscillatorNode;
      Object.assign(globalThis, { tones: 0 });
      globalThis.OscillatorNode = class extends Tone {
        constructor(...given: ConstructorParameters<typeof Tone>) {
          super(...given);
          (globalThis as unknown as { tones: number }).tones += 1;
        }
      };
    });
  async function tones(page: Page, count: number): Promise<void> {
    await expect.poll(() => page.evaluate(() => (globalThis as unknown as { tones: number }).tones)).toBe(count);
  }

  it('says why it lets nobody in, and lets in', async () => {
    const page = await desk.visitor({ width: 390, height: 844, language: null, locale: 'ca-ES' });
    await page.goto(`${desk.house.url}/desk`);
    await page.getByRole('heading', { name: 'Entrar' }).waitFor();
    await axe(page);
    await page.locator('#email').fill('irene@vegaclara.example');
    await page.locator('#password').fill('not this one');
    await page.locator('#password').press('Enter');
    await page.locator('.said').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await axe(page);
  });

  it('accepts, answers, notes, books and wraps up without a mouse; nothing is lost while the line is down', async () => {
    const page = await desk.visitor();
    const context = page.context();
    await page.goto(`${desk.house.url}/desk`);
    await page.locator('#email:focus').waitFor();
    await axeInBoth(page);
    await page.keyboard.type('irene@vegaclara.example');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('.calm .btn.pri.lg').waitFor();
    await axeInBoth(page);
    await page.keyboard.press('p');
    await arrowTo(page, 'Disponible');
    await page.keyboard.press('Enter');
    await page.locator('.list-h .dot.available').waitFor();
    const patient = (await desk.personas())[0]!;
    await desk.says(patient.waId, 'hola');
    await desk.says(patient.waId, 'quiero hablar con una persona');
    await page.locator('.offer').waitFor();
    await axeInBoth(page);
    await page.keyboard.press('a');
    await page.locator('#composer').waitFor();
    await page.getByRole('complementary').getByRole('heading', { name: patient.name }).waitFor();
    await axeInBoth(page);

    await page.keyboard.press('r');
    await page.keyboard.type('Buenos días, le atiende Irene.');
    await page.keyboard.press('Enter');
    await page.locator('.msg.out:not(.going)', { hasText: 'le atiende Irene' }).waitFor();
    await desk.says(patient.waId, '¿Me cambia la cita?');
    await page.locator('.msg.in', { hasText: '¿Me cambia la cita?' }).waitFor();

    await context.setOffline(true);
    await page.keyboard.type('Escrito sin línea');
    await page.keyboard.press('Enter');
    await page.locator('.msg.going', { hasText: 'Escrito sin línea' }).waitFor();
    await context.setOffline(false);
    await page.locator('.msg.out:not(.going)', { hasText: 'Escrito sin línea' }).waitFor();
    await times(page.locator('.msg', { hasText: 'Escrito sin línea' }), 1);

    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.keyboard.type('Prefiere por la tarde');
    await page.keyboard.press('Enter');
    await page.locator('.msg.note', { hasText: 'Prefiere por la tarde' }).waitFor();

    await page.keyboard.press('Escape');
    // a list of people and queues, chosen with the arrows; nobody is disturbed by looking
    await page.keyboard.press('t');
    await page.getByRole('dialog').waitFor();
    await axeInBoth(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const booked = page.locator('.ap > li');
    await booked.first().waitFor();
    const before = await booked.count();
    await page.keyboard.press('b');
    await page.locator('.slot').first().waitFor();
    await axeInBoth(page);
    await page.locator('.slot input').nth(2).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await times(booked, before + 1);

    await page.locator('#thread').focus();
    await page.keyboard.press('c');
    await page.locator('.picks label').first().waitFor();
    await axeInBoth(page);
    await page.keyboard.press('1');
    await page.keyboard.press('s');
    await page.locator('.nobody').waitFor();

    // what stands on the page now is what a fresh load shows
    await page.reload();
    await page.locator('.nobody').waitFor();
  });

  it.each([
    ['dark', 'ca', 'marcos'],
    ['contrast', 'pt', 'neus'],
  ])('reads in %s and %s, and on a phone in three steps', async (theme, language, who) => {
    const page = await desk.signedIn(who, { width: 390, height: 844, theme, language });
    await page.locator('.nobody .btn').click();
    await axe(page);
    const person = (await desk.personas())[theme === 'dark' ? 1 : 2]!;
    await desk.says(person.waId, 'hola');
    await desk.says(person.waId, 'persona');
    await page.locator('.offer .pri').click();
    await page.locator('#composer').waitFor();
    await axe(page);
    await page.locator('.to-panel').click();
    await page.locator('#patient .pid').waitFor();
    await axe(page);
    await fits(page);
  });

  it('hears a red flag once, shows it over everything, and lets a nurse alone lower it', async () => {
    const agent = await desk.signedIn('tiago');
    const nurse = await desk.signedIn('lucia');
    await listens(nurse);
    await nurse.locator('.calm .btn.pri.lg').click();
    await nurse.locator('.list-h .dot.available').waitFor();
    const person = (await desk.personas())[3]!;
    await desk.says(person.waId, 'me aprieta el pecho y se me duerme el brazo');
    await nurse.locator('.offer.critical').waitFor();
    await nurse.keyboard.press('a');
    await nurse.locator('.flag').waitFor();
    await nurse.locator('#composer').waitFor();
    // two notes are one sound
    await tones(nurse, 2);
    await axeInBoth(nurse);

    const path = new URL(nurse.url()).pathname;
    await agent.goto(`${desk.house.url}${path}`);
    await agent.locator('.flag').waitFor();
    await times(agent.locator('.flag .btn'), 0);
    await axe(agent);

    await nurse.locator('.flag .btn').click();
    await nurse.getByRole('dialog').waitFor();
    await axeInBoth(nurse);
    await nurse.getByRole('dialog').getByRole('textbox').fill('Hablé con la persona: dolor muscular');
    await nurse.locator('.dialog .btn.pri').click();
    // who, when and why stays in the thread
    await nurse.locator('.flag-step', { hasText: 'bajó la alarma' }).filter({ hasText: 'dolor muscular' }).waitFor();
    await nurse.locator('.flag').waitFor({ state: 'detached' });
    await agent.locator('.flag').waitFor({ state: 'detached' });
  });

  it('is told to ask about a doubtful one; a nurse sees what a colleague holds once it is certain', async () => {
    const agent = await desk.signedIn('tiago');
    const nurse = await desk.signedIn('lucia', { width: 390, height: 844 });
    await listens(agent);
    await agent.locator('.calm .btn.pri.lg').click();
    const person = (await desk.personas())[4]!;
    await desk.says(person.waId, 'hola');
    await desk.says(person.waId, 'quiero hablar con una persona');
    await agent.locator('.offer .pri').click();
    await agent.locator('#composer').waitFor();
    await desk.says(person.waId, softWords());
    const banner = agent.locator('.flag.soft-flag');
    await banner.filter({ hasText: 'Pregúntale ya' }).waitFor();
    await agent.locator('.flag-step', { hasText: 'Hay que preguntarle' }).waitFor();
    await tones(agent, 2);
    await axeInBoth(agent);
    await agent.keyboard.press('r');
    await agent.keyboard.type('¿Le está pasando ahora?');
    await agent.keyboard.press('Enter');
    await banner.filter({ hasText: 'ya le ha contestado' }).waitFor();
    await times(nurse.locator('.alarms'), 0);
    await desk.says(person.waId, 'sí, me aprieta el pecho y no puedo respirar');
    await agent.locator('.flag:not(.soft-flag)', { hasText: 'Contéstale antes de' }).waitFor();
    await tones(agent, 4);
    await nurse.locator('.alarms .row').click();
    await nurse.locator('.flag .btn').waitFor();
    await axeInBoth(nurse);
    await fits(nurse);
    await nurse.locator('.flag .btn').click();
    await nurse.getByRole('dialog').getByRole('textbox').fill('Hablé con la persona: va camino de urgencias');
    await nurse.locator('.dialog .btn.pri').click();
    await agent.locator('.flag').waitFor({ state: 'detached' });
    await agent.locator('.flag-step', { hasText: 'camino de urgencias' }).waitFor();
  });

  it('signs in with a code, with a kept code and with a passkey; a session that is closed elsewhere ends here', async () => {
    const page = await desk.signedIn('grace');
    await page.goto(`${desk.house.url}/desk/settings`);
    const card = (name: string) => page.locator('.card', { has: page.getByRole('heading', { name, exact: true }) });
    const totp = card('Segundo paso con aplicación');
    await totp.getByRole('button').click();
    await totp.locator('#totp-password').fill(PASSWORD);
    await totp.locator('.btn.pri').click();
    const secret = (await totp.locator('code').innerText()).replaceAll(' ', '');
    await axe(page);
    await totp.locator('#totp-code').fill(totpOf(secret, Date.now()));
    await totp.locator('.btn.pri').click();
    await totp.locator('.codes li').first().waitFor();
    const kept = (await totp.locator('.codes li').first().innerText()).trim();
    await totp.locator('.btn.pri').click();

    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const passkeys = card('Llaves de acceso');
    await passkeys.getByRole('button', { name: 'Añadir llave' }).click();
    await page.locator('#passkey-name').fill('La del hospital');
    await page.locator('.dialog .btn.pri').click();
    await passkeys.getByText('La del hospital').waitFor();
    await axe(page);

    // another session, with the code of the next half minute: the one of this one is spent
    const second = await desk.visitor();
    const password = async (): Promise<void> => {
      await second.goto(`${desk.house.url}/desk`);
      await second.locator('#email').fill('grace@vegaclara.example');
      await second.locator('#password').fill(PASSWORD);
      await second.locator('#password').press('Enter');
      await second.locator('#code').waitFor();
    };
    await password();
    await axe(second);
    await second.locator('#code').fill(totpOf(secret, Date.now() + 30_000));
    await second.locator('#code').press('Enter');
    await second.locator('.rail-me').waitFor();
    // it is closed from the first
    await page.reload();
    await card('Sesiones abiertas').getByRole('button', { name: 'Cerrar las otras' }).click();
    await second.locator('#email').waitFor();
    await password();
    await second.getByRole('button', { name: 'Usar un código de recuperación' }).click();
    await second.locator('#code').fill(kept);
    await second.locator('#code').press('Enter');
    await second.locator('.rail-me').waitFor();

    await page.locator('.rail-me').click();
    await page.getByRole('menuitem', { name: 'Salir' }).click();
    await page.getByRole('button', { name: 'Entrar con llave de acceso' }).click();
    await page.locator('.rail-me').waitFor();
  });

  it('finds a patient, shows the keys, and one’s own account', async () => {
    const page = await desk.signedIn('admin');
    await page.locator('table').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await page.goto(`${desk.house.url}/desk/settings`);
    await page.locator('.card').first().waitFor();
    await axe(page);
    await page.goto(`${desk.house.url}/desk/staff`);
    await page.locator('table').waitFor();
    await axe(page);
  });
});

/** The six figures of an authenticator app at a moment (RFC 6238). */
function totpOf(secret: string, at: number): string {
  const bits = [...secret.replace(/=+$/, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1)! & 15) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}
