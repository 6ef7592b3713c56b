import { createHmac } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { softWords } from '../soft-words.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

const PASSWORD = 'hebra-demo-2026';

describeInBrowser('an agent at the desk', () => {
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

  /** A colleague signed in and available, with the keyboard in hand. */
  async function signedIn(
    email: string,
    options: { width?: number; height?: number; theme?: string; language?: string } = {},
  ): Promise<{ page: Page; context: BrowserContext }> {
    const { width = 1440, height = 900, theme = 'light', language = 'es' } = options;
    const context = await browser.newContext({ viewport: { width, height }, locale: 'es-ES', reducedMotion: 'reduce' });
    await context.addInitScript(
      ([chosen, spoken]) => {
        localStorage.setItem('hebra.theme', chosen!);
        localStorage.setItem('hebra.language', spoken!);
      },
      [theme, language],
    );
    const page = await context.newPage();
    await page.goto(`${house.url}/desk`);
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password').press('Enter');
    await page.locator('.rail-me').waitFor({ timeout: 60_000 });
    return { page, context };
  }

  /** Ends the turn with nothing left behind: the next test begins with an empty room. */
  async function leaves({ page, context }: { page: Page; context: BrowserContext }): Promise<void> {
    await page.evaluate(async () => {
      const post = (path: string, body: object) =>
        fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      const inbox = (await (await fetch('/api/inbox')).json()) as { mine: { conversationId: string }[] };
      for (const { conversationId } of inbox.mine)
        await post(`/api/conversations/${conversationId}/wrap-up`, { reason: 'other', solved: true });
      await post('/api/presence', { state: 'offline' });
    });
    await context.close();
  }

  /** axe in light and in dark, where the page stands. */
  async function axeInBoth(page: Page): Promise<void> {
    for (const theme of ['dark', 'light'] as const) {
      await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);
      await axe(page);
    }
  }

  async function patientSays(waId: string, words: string): Promise<void> {
    const sent = await fetch(`${house.url}/demo/phone/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: waId, message: { type: 'text', text: { body: words } } }),
    });
    expect(sent.status).toBe(200);
  }
  async function patients(): Promise<{ waId: string; name: string; language: string }[]> {
    const answer = (await (await fetch(`${house.url}/demo/phone/people`)).json()) as {
      people: { waId: string; name: string; language: string }[];
    };
    return answer.people.filter((person) => person.language === 'es');
  }

  it('says why it lets nobody in, and lets in', { timeout: 300_000 }, async () => {
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ca-ES' })).newPage();
    await page.goto(`${house.url}/desk`);
    await page.getByRole('heading', { name: 'Entrar' }).waitFor();
    await axe(page);
    await page.locator('#email').fill('irene@vegaclara.example');
    await page.locator('#password').fill('not this one');
    await page.locator('#password').press('Enter');
    await page.locator('.said').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await axe(page);
    await page.context().close();
  });

  it(
    'accepts, answers, notes, books and wraps up without a mouse; nothing is lost while the line is down',
    { timeout: 300_000 },
    async () => {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        locale: 'es-ES',
        reducedMotion: 'reduce',
      });
      await context.addInitScript(() => localStorage.setItem('hebra.theme', 'light'));
      const page = await context.newPage();
      await page.goto(`${house.url}/desk`);
      await page.locator('#email:focus').waitFor();
      await axeInBoth(page);
      await page.keyboard.type('irene@vegaclara.example');
      await page.keyboard.press('Tab');
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await page.locator('.calm .btn.pri.lg').waitFor({ timeout: 60_000 });
      await axeInBoth(page);
      await page.keyboard.press('p');
      await page.getByRole('menuitem').first().waitFor();
      const available = page.getByRole('menuitem', { name: 'Disponible' });
      for (let i = 0; i < 12 && !(await available.evaluate((item) => item === document.activeElement)); i++)
        await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('.list-h .dot.available').waitFor();
      const patient = (await patients())[0]!;
      await patientSays(patient.waId, 'hola');
      await patientSays(patient.waId, 'quiero hablar con una persona');
      await page.locator('.offer').waitFor({ timeout: 60_000 });
      await axeInBoth(page);
      await page.keyboard.press('a');
      await page.locator('#composer').waitFor();
      await page.getByRole('complementary').getByRole('heading', { name: patient.name }).waitFor();
      await axeInBoth(page);

      await page.keyboard.press('r');
      await page.keyboard.type('Buenos días, le atiende Irene.');
      await page.keyboard.press('Enter');
      await page.locator('.msg.out:not(.going)', { hasText: 'le atiende Irene' }).waitFor();
      await patientSays(patient.waId, '¿Me cambia la cita?');
      await page.locator('.msg.in', { hasText: '¿Me cambia la cita?' }).waitFor();

      await context.setOffline(true);
      await page.keyboard.type('Escrito sin línea');
      await page.keyboard.press('Enter');
      await page.locator('.msg.going', { hasText: 'Escrito sin línea' }).waitFor();
      await context.setOffline(false);
      await page.locator('.msg.out:not(.going)', { hasText: 'Escrito sin línea' }).waitFor({ timeout: 60_000 });
      expect(await page.locator('.msg', { hasText: 'Escrito sin línea' }).count()).toBe(1);

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
      const before = await page.locator('.ap > li').count();
      await page.keyboard.press('b');
      await page.locator('.slot').first().waitFor();
      await axeInBoth(page);
      await page.locator('.slot input').nth(2).focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.ap > li').count(), { timeout: 60_000 }).toBe(before + 1);

      await page.locator('#thread').focus();
      await page.keyboard.press('c');
      await page.locator('.picks label').first().waitFor();
      await axeInBoth(page);
      await page.keyboard.press('1');
      await page.keyboard.press('s');
      await page.locator('.nobody').waitFor({ timeout: 60_000 });

      // what stands on the page now is what a fresh load shows
      await page.reload();
      await page.locator('.nobody').waitFor({ timeout: 60_000 });
      await leaves({ page, context });
    },
  );

  it.each([
    ['dark', 'ca', 'marcos@vegaclara.example'],
    ['contrast', 'pt', 'neus@vegaclara.example'],
  ])('reads in %s and %s, and on a phone in three steps', { timeout: 300_000 }, async (theme, language, email) => {
    const { page, context } = await signedIn(email, { width: 390, height: 844, theme, language });
    await page.locator('.nobody .btn').click();
    await axe(page);
    const person = (await patients())[theme === 'dark' ? 1 : 2]!;
    await patientSays(person.waId, 'hola');
    await patientSays(person.waId, 'persona');
    await page.locator('.offer .pri').click({ timeout: 60_000 });
    await page.locator('#composer').waitFor();
    await axe(page);
    await page.locator('.to-panel').click();
    await page.locator('#patient .pid').waitFor();
    await axe(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await leaves({ page, context });
  });

  it(
    'hears a red flag once, shows it over everything, and lets a nurse alone lower it',
    { timeout: 300_000 },
    async () => {
      const agent = await signedIn('tiago@vegaclara.example');
      const nurse = await signedIn('lucia@vegaclara.example');
      await nurse.page.evaluate(() => {
        const Tone = globalThis.OscillatorNode;
        Object.assign(globalThis, { tones: 0 });
        globalThis.OscillatorNode = class extends Tone {
          constructor(...given: ConstructorParameters<typeof Tone>) {
            super(...given);
            (globalThis as unknown as { tones: number }).tones += 1;
          }
        };
      });
      await nurse.page.locator('.calm .btn.pri.lg').click();
      await nurse.page.locator('.list-h .dot.available').waitFor();
      const person = (await patients())[3]!;
      await patientSays(person.waId, 'me aprieta el pecho y se me duerme el brazo');
      await nurse.page.locator('.offer.critical').waitFor({ timeout: 60_000 });
      await nurse.page.keyboard.press('a');
      await nurse.page.locator('.flag').waitFor();
      await nurse.page.locator('#composer').waitFor();
      // two notes are one sound
      expect(await nurse.page.evaluate(() => (globalThis as unknown as { tones: number }).tones)).toBe(2);
      await axeInBoth(nurse.page);

      const path = new URL(nurse.page.url()).pathname;
      await agent.page.goto(`${house.url}${path}`);
      await agent.page.locator('.flag').waitFor();
      expect(await agent.page.locator('.flag .btn').count()).toBe(0);
      await axe(agent.page);

      await nurse.page.locator('.flag .btn').click();
      await nurse.page.getByRole('dialog').waitFor();
      await axeInBoth(nurse.page);
      await nurse.page.getByRole('dialog').getByRole('textbox').fill('Hablé con la persona: dolor muscular');
      await nurse.page.locator('.dialog .btn.pri').click();
      // who, when and why stays in the thread
      await nurse.page
        .locator('.flag-step', { hasText: 'bajó la alarma' })
        .filter({ hasText: 'dolor muscular' })
        .waitFor();
      await nurse.page.locator('.flag').waitFor({ state: 'detached' });
      await agent.page.locator('.flag').waitFor({ state: 'detached', timeout: 60_000 });
      await leaves(agent);
      await leaves(nurse);
    },
  );

  it(
    'is told to ask about a doubtful one; a nurse sees what a colleague holds once it is certain',
    { timeout: 300_000 },
    async () => {
      const agent = await signedIn('tiago@vegaclara.example');
      const nurse = await signedIn('lucia@vegaclara.example', { width: 390, height: 844 });
      await agent.page.evaluate(() => {
        const Tone = globalThis.OscillatorNode;
        Object.assign(globalThis, { tones: 0 });
        globalThis.OscillatorNode = class extends Tone {
          constructor(...given: ConstructorParameters<typeof Tone>) {
            super(...given);
            (globalThis as unknown as { tones: number }).tones += 1;
          }
        };
      });
      const tones = (): Promise<number> =>
        agent.page.evaluate(() => (globalThis as unknown as { tones: number }).tones);
      await agent.page.locator('.calm .btn.pri.lg').click();
      const person = (await patients())[4]!;
      await patientSays(person.waId, 'hola');
      await patientSays(person.waId, 'quiero hablar con una persona');
      await agent.page.locator('.offer .pri').click({ timeout: 60_000 });
      await agent.page.locator('#composer').waitFor();
      await patientSays(person.waId, softWords());
      const banner = agent.page.locator('.flag.soft-flag');
      await banner.filter({ hasText: 'Pregúntale ya' }).waitFor();
      await agent.page.locator('.flag-step', { hasText: 'Hay que preguntarle' }).waitFor();
      expect(await tones()).toBe(2);
      await axeInBoth(agent.page);
      await agent.page.keyboard.press('r');
      await agent.page.keyboard.type('¿Le está pasando ahora?');
      await agent.page.keyboard.press('Enter');
      await banner.filter({ hasText: 'ya le ha contestado' }).waitFor();
      expect(await nurse.page.locator('.alarms').count()).toBe(0);
      await patientSays(person.waId, 'sí, me aprieta el pecho y no puedo respirar');
      await agent.page.locator('.flag:not(.soft-flag)', { hasText: 'Contéstale antes de' }).waitFor();
      await expect.poll(tones, { timeout: 60_000 }).toBe(4);
      await nurse.page.locator('.alarms .row').click({ timeout: 60_000 });
      await nurse.page.locator('.flag .btn').waitFor();
      await axeInBoth(nurse.page);
      expect(await nurse.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await nurse.page.locator('.flag .btn').click();
      await nurse.page.getByRole('dialog').getByRole('textbox').fill('Hablé con la persona: va camino de urgencias');
      await nurse.page.locator('.dialog .btn.pri').click();
      await agent.page.locator('.flag').waitFor({ state: 'detached', timeout: 60_000 });
      await agent.page.locator('.flag-step', { hasText: 'camino de urgencias' }).waitFor();
      await leaves(agent);
      await leaves(nurse);
    },
  );

  it(
    'signs in with a code, with a kept code and with a passkey; a session that is closed elsewhere ends here',
    { timeout: 300_000 },
    async () => {
      const { page, context } = await signedIn('grace@vegaclara.example');
      await page.goto(`${house.url}/desk/settings`);
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

      const cdp = await context.newCDPSession(page);
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
      const other = await browser.newContext({ locale: 'es-ES' });
      const second = await other.newPage();
      const password = async (): Promise<void> => {
        await second.goto(`${house.url}/desk`);
        await second.locator('#email').fill('grace@vegaclara.example');
        await second.locator('#password').fill(PASSWORD);
        await second.locator('#password').press('Enter');
        await second.locator('#code').waitFor();
      };
      await password();
      await axe(second);
      await second.locator('#code').fill(totpOf(secret, Date.now() + 30_000));
      await second.locator('#code').press('Enter');
      await second.locator('.rail-me').waitFor({ timeout: 60_000 });
      // it is closed from the first
      await page.reload();
      await card('Sesiones abiertas').getByRole('button', { name: 'Cerrar las otras' }).click();
      await second.locator('#email').waitFor({ timeout: 60_000 });
      await password();
      await second.getByRole('button', { name: 'Usar un código de recuperación' }).click();
      await second.locator('#code').fill(kept);
      await second.locator('#code').press('Enter');
      await second.locator('.rail-me').waitFor({ timeout: 60_000 });
      await other.close();

      await page.locator('.rail-me').click();
      await page.getByRole('menuitem', { name: 'Salir' }).click();
      await page.getByRole('button', { name: 'Entrar con llave de acceso' }).click();
      await page.locator('.rail-me').waitFor({ timeout: 60_000 });
      await leaves({ page, context });
    },
  );

  it('finds a patient, shows the keys, and one’s own account', { timeout: 300_000 }, async () => {
    const { page, context } = await signedIn('admin@vegaclara.example');
    await page.locator('table').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await page.goto(`${house.url}/desk/settings`);
    await page.locator('.card').first().waitFor();
    await axe(page);
    await page.goto(`${house.url}/desk/staff`);
    await page.locator('table').waitFor();
    await axe(page);
    await context.close();
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
