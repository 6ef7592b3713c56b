import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { axe, describeInBrowser, launchBrowser } from '../browser.ts';
import { openDemo, type DemoHouse } from './demo-house.ts';

type Persona = { name: string; language: string; documentNumber: string; birthDate: string };

/** A photo of one pixel. */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** How the demo's flow says that it is done (flows/book.yaml). */
const BOOKED = /Hecho\. Su cita/;
const OPTIONS = '.chips button, .rows button';

describeInBrowser('a patient on the web window', () => {
  let house: DemoHouse;
  let browser: Browser;
  let people: Persona[];
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    house = await openDemo();
    browser = await launchBrowser();
    people = ((await (await fetch(`${house.url}/demo/phone/people`)).json()) as { people: Persona[] }).people;
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function visitor(width = 1440, height = 900): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width, height }, locale: 'es-ES' });
    contexts.push(context);
    return context;
  }
  /** Opens the hospital's page and its window, at the chat. */
  async function open(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${house.url}/demo/site`);
    await page.locator('.launch').click();
    await page.locator('.window').waitFor();
    const ways = page.locator('.way.best');
    if ((await ways.count()) > 0) await ways.click();
    await page.locator('textarea').waitFor();
    return page;
  }
  const answers = (page: Page): Locator => page.locator('.said.in:has(time)');
  const words = async (page: Page): Promise<string[]> =>
    page.locator('.said.out .bubble').evaluateAll((all) => all.map((one) => one.childNodes[1]?.textContent ?? ''));

  /** Does something and waits for the answer after it. */
  async function answered(page: Page, act: () => Promise<void>): Promise<string> {
    const before = await answers(page).count();
    await act();
    await answers(page).nth(before).waitFor({ timeout: 60_000 });
    return answers(page).last().innerText();
  }
  const say = (page: Page, text: string): Promise<string> =>
    answered(page, async () => {
      await page.locator('textarea').fill(text);
      await page.locator('textarea').press('Enter');
    });

  it('books an appointment, with nothing for axe to find', { timeout: 300_000 }, async () => {
    const page = await open(await visitor());
    await axe(page);
    // the organisation's own number
    expect(await page.locator('.urgent a').getAttribute('href')).toBe('tel:112');
    const person = people.find((one) => one.language === 'es')!;
    await say(page, 'quiero pedir una cita');
    await say(page, person.documentNumber);
    await say(page, person.birthDate.split('-').reverse().join('/'));
    await axe(page);
    const cardiology = page.locator(OPTIONS).filter({ hasText: 'Cardiología' });
    await answered(page, () => cardiology.click());
    // with whom, which day, which hour, read back and confirmed: the first option, or words where there is none
    const booked = answers(page).filter({ hasText: BOOKED });
    for (let step = 0; step < 8 && (await booked.count()) === 0; step += 1) {
      const option = page.locator(OPTIONS).first();
      await page.waitForTimeout(300);
      if ((await option.count()) > 0) await answered(page, () => option.click());
      else await say(page, 'lo antes posible');
    }
    await booked.waitFor();
    expect(await booked.innerText()).toMatch(/\d{1,2} de \p{L}+/u);
    await axe(page);
  });

  it(
    'finds the conversation again after a reload and on a second tab, each word once',
    { timeout: 300_000 },
    async () => {
      const context = await visitor();
      const first = await open(context);
      await say(first, 'hola');
      await first.reload();
      await first.locator('.launch').click();
      await answers(first).first().waitFor();
      expect(await words(first)).toEqual(['hola']);

      const second = await open(context);
      await answers(second).first().waitFor();
      await say(second, 'horarios');
      await first.locator('.said.out').nth(1).waitFor();
      await expect.poll(() => words(first)).toEqual(['hola', 'horarios']);
      await expect.poll(() => words(second)).toEqual(['hola', 'horarios']);
      expect(await answers(first).count()).toBe(await answers(second).count());
    },
  );

  it('keeps what is written without a connection, and sends it once', { timeout: 300_000 }, async () => {
    const context = await visitor(390, 844);
    const page = await open(context);
    await say(page, 'hola');
    await context.setOffline(true);
    for (const text of ['horarios', 'y el aparcamiento']) {
      await page.locator('textarea').fill(text);
      await page.locator('textarea').press('Enter');
    }
    await page.locator('.offline').waitFor();
    expect(await page.locator('.kept').count()).toBe(2);
    await axe(page);
    await context.setOffline(false);
    await expect.poll(() => page.locator('.kept').count(), { timeout: 60_000 }).toBe(0);
    await page.reload();
    await page.locator('.launch').click();
    await page.locator('.said.out').nth(2).waitFor();
    expect(await words(page)).toEqual(['hola', 'horarios', 'y el aparcamiento']);
  });

  it('sends a photo and shows it, and says why a program is refused', { timeout: 300_000 }, async () => {
    const page = await open(await visitor(390, 844));
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

  it('is driven by the keyboard: Esc closes and gives the focus back', { timeout: 300_000 }, async () => {
    const page = await open(await visitor());
    await say(page, 'hola');
    const focused = (): Promise<string> =>
      page.evaluate(() => document.querySelector('hebra-window')!.shadowRoot!.activeElement?.className ?? '');
    await page.locator(OPTIONS).first().focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowDown');
    expect(
      await page.evaluate(() => document.querySelector('hebra-window')!.shadowRoot!.activeElement?.textContent),
    ).toBe(await page.locator(OPTIONS).first().textContent());
    await page.keyboard.press('Escape');
    await page.locator('.launch').waitFor();
    expect(await focused()).toBe('launch');
    await page.keyboard.press('Enter');
    await page.locator('textarea').waitFor();
  });
});
