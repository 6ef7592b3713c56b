import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { journey, times, words } from './journey.ts';

/** A photo of one pixel. */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** How the demo's flow says that it is done (flows/book.yaml). */
const BOOKED = /Hecho\. Su cita/;
const PHONE = { width: 390, height: 844 };
const OPTIONS = '.chips button, .rows button';

describeInBrowser('a patient on the web window', () => {
  const walk = journey();

  /** Opens the hospital's page and its window, at the chat. */
  async function open(page: Page, at = `${walk.house.url}/demo/site`): Promise<Page> {
    await page.goto(at);
    await page.locator('.launch').click();
    await page.locator('.window').waitFor();
    // the ways, or the chat at once where a conversation goes on
    await page.locator('.way.best, textarea').first().waitFor();
    const ways = page.locator('.way.best');
    if ((await ways.count()) > 0) await ways.click();
    await page.locator('textarea').waitFor();
    return page;
  }
  const answers = (page: Page): Locator => page.locator('.said.in:has(time)');
  const wrote = (page: Page) => (): Promise<string[]> =>
    page.locator('.said.out .bubble').evaluateAll((all) => all.map((one) => one.childNodes[1]?.textContent ?? ''));

  /** How often this visit was written to, as the house has it. */
  const told = (page: Page): Promise<number> =>
    page.evaluate(async () => {
      const kept = Object.keys(localStorage).find((key) => /^hebra:[^:]+$/.test(key))!;
      const { visit } = JSON.parse(localStorage.getItem(kept)!) as { visit: { token: string } };
      const answer = await fetch('/webchat/messages', { headers: { authorization: `Bearer ${visit.token}` } });
      const { messages } = (await answer.json()) as { messages: { direction: string }[] };
      return messages.filter((message) => message.direction === 'out').length;
    });
  /** Does something and waits for the answer to it, all of it. */
  async function answered(page: Page, act: () => Promise<void>): Promise<void> {
    const before = await answers(page).count();
    await act();
    await answers(page).nth(before).waitFor();
    await times(answers(page), await told(page));
  }
  const say = (page: Page, text: string): Promise<void> =>
    answered(page, async () => {
      await page.locator('textarea').fill(text);
      await page.locator('textarea').press('Enter');
    });

  it('books an appointment, with nothing for axe to find', async () => {
    const page = await open(await walk.visitor());
    await axe(page);
    // the organisation's own number
    await page.locator('.urgent a[href="tel:112"]').waitFor();
    const person = (await walk.personas())[0]!;
    await say(page, 'quiero pedir una cita');
    await say(page, person.documentNumber);
    await say(page, person.birthDate.split('-').reverse().join('/'));
    await axe(page);
    const cardiology = page.locator(OPTIONS).filter({ hasText: 'Cardiología' });
    await answered(page, () => cardiology.click());
    // with whom, which day, which hour, read back and confirmed: the first option, or words where there is none
    const booked = answers(page).filter({ hasText: BOOKED });
    const option = page.locator(OPTIONS).first();
    for (let step = 0; step < 8 && (await booked.count()) === 0; step += 1) {
      if ((await option.count()) > 0) await answered(page, () => option.click());
      else await say(page, 'lo antes posible');
    }
    await words(booked, /\d{1,2} de \p{L}+/u);
    await axe(page);
  });

  it('finds the conversation again after a reload and on a second tab, each word once', async () => {
    const first = await open(await walk.visitor());
    await say(first, 'hola');
    await first.reload();
    await first.locator('.launch').click();
    await answers(first).first().waitFor();
    await expect.poll(wrote(first)).toEqual(['hola']);

    const second = await open(await first.context().newPage());
    await answers(second).first().waitFor();
    await say(second, 'horarios');
    await expect.poll(wrote(first)).toEqual(['hola', 'horarios']);
    await expect.poll(wrote(second)).toEqual(['hola', 'horarios']);
    await times(answers(first), await told(first));
  });

  it('keeps what is written without a connection, and sends it once', async () => {
    const page = await open(await walk.visitor(PHONE));
    await say(page, 'hola');
    await page.context().setOffline(true);
    for (const text of ['horarios', 'y el aparcamiento']) {
      await page.locator('textarea').fill(text);
      await page.locator('textarea').press('Enter');
    }
    await page.locator('.offline').waitFor();
    await times(page.locator('.kept'), 2);
    await axe(page);
    await page.context().setOffline(false);
    await times(page.locator('.kept'), 0);
    await page.reload();
    await page.locator('.launch').click();
    await expect.poll(wrote(page)).toEqual(['hola', 'horarios', 'y el aparcamiento']);
  });

  it('says so, and goes on saying so, while the hospital cannot be reached', async () => {
    // a door before the hospital that can be shut
    let down = false;
    let refused = 0;
    const through = new Set<Socket>();
    const door = createServer((outside) => {
      if (down) {
        refused += 1;
        return void outside.destroy();
      }
      const inside = connect(Number(new URL(walk.house.url).port), '127.0.0.1');
      for (const [one, other] of [
        [outside, inside],
        [inside, outside],
      ] as const) {
        through.add(one);
        one.pipe(other);
        one.on('error', () => one.destroy()).on('close', () => other.destroy());
      }
    });
    await new Promise<void>((ready) => door.listen(0, '127.0.0.1', ready));
    const page = await open(
      await walk.visitor(PHONE),
      `http://localhost:${(door.address() as AddressInfo).port}/demo/site`,
    );
    await say(page, 'hola');
    down = true;
    for (const one of through) one.destroy();
    await page.locator('textarea').fill('horarios');
    await page.locator('textarea').press('Enter');
    const notice = page.locator('.offline');
    await notice.waitFor();
    const mark = await notice.elementHandle();
    const before = refused;
    // it tries again and again, and the notice is still the same one
    await expect.poll(() => refused).toBeGreaterThan(before + 4);
    expect(await mark!.evaluate((element) => element.isConnected)).toBe(true);
    down = false;
    await times(page.locator('.kept'), 0);
    await times(notice, 0);
    await expect.poll(wrote(page)).toEqual(['hola', 'horarios']);
    await page.close();
    for (const one of through) one.destroy();
    door.close();
  });

  it('in danger while they wait, is left with the emergency number and the telephone', async () => {
    const page = await open(await walk.visitor(PHONE));
    await say(page, 'quiero hablar con una persona');
    const others = (): Promise<string[]> => page.locator('.card ~ .chips > *').allTextContents();
    await expect.poll(others).toContain('Correo');
    await say(page, 'me duele mucho el pecho y no puedo respirar');
    await expect.poll(others).toEqual([expect.stringContaining('112'), expect.stringMatching(/^Llamar al/)]);
    await axe(page);
  });

  it('who ends it while they wait leaves the line', async () => {
    const page = await open(await walk.visitor());
    await say(page, 'quiero hablar con una persona');
    await page.locator(OPTIONS, { hasText: 'Ya no hace falta' }).waitFor();
    await page.getByRole('button', { name: 'Más opciones' }).click();
    await page.getByRole('button', { name: 'Terminar' }).click();
    await page.getByText('Se borra de este equipo.').waitFor();
    await axe(page);
    const [told] = await Promise.all([
      page.waitForResponse(
        (response) => response.url().endsWith('/webchat/messages') && response.request().method() === 'POST',
      ),
      page.getByRole('button', { name: 'Terminar' }).click(),
    ]);
    expect(told.status()).toBe(202);
    expect(told.request().postDataJSON()).toMatchObject({
      content: { kind: 'choice', id: expect.stringMatching(/^waiting:leave:/), title: 'Ya no hace falta' },
    });
    await page.locator('.launch').waitFor();
  });

  it('sends a photo and shows it, and says why a program is refused', async () => {
    const page = await open(await walk.visitor(PHONE));
    await say(page, 'hola');
    const chooser = page.locator('input[type=file]');
    await chooser.setInputFiles({ name: 'programa.exe', mimeType: 'application/x-msdownload', buffer: PHOTO });
    await page.getByRole('alert').filter({ hasText: 'no se puede enviar' }).waitFor();
    await chooser.setInputFiles({ name: 'herida.png', mimeType: 'image/png', buffer: PHOTO });
    await page.locator('.tray b', { hasText: 'herida.png' }).waitFor();
    await page.locator('.send').click();
    await page.locator('.said.out .picture canvas').waitFor();
    await expect
      .poll(() => page.locator('.said.out .picture canvas').evaluate((canvas: HTMLCanvasElement) => canvas.width))
      .toBe(1);
    await axe(page);
  });

  it('is driven by the keyboard: Esc closes and gives the focus back', async () => {
    const page = await open(await walk.visitor());
    await say(page, 'hola');
    // what has the focus within the window
    const focused = (what: 'className' | 'textContent') => (): Promise<string | null | undefined> =>
      page.evaluate((part) => document.querySelector('hebra-window')!.shadowRoot!.activeElement?.[part], what);
    const first = page.locator(OPTIONS).first();
    await first.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused('textContent')).toBe(await first.textContent());
    await page.keyboard.press('Escape');
    await expect.poll(focused('className')).toBe('launch');
    await page.keyboard.press('Enter');
    await page.locator('textarea').waitFor();
  });
});
