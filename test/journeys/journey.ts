import type { APIRequestContext, Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { DEMO_PASSWORD } from '../../demo/organisation.ts';
import type { Inbox } from '../../server/desk/contract.ts';
import type { OrganisationView } from '../../server/desk/settings/contract.ts';
import { axe, launchBrowser } from '../browser.ts';
import { type DemoHouse, openDemo } from './demo-house.ts';

export const PASSWORD = DEMO_PASSWORD;

/** How long Chromium looks for what should come: a bound against what hangs. */
const PATIENCE_MS = 120_000;
/** An offer stays as long as a page may be looked at before it is accepted. */
const RING_SECONDS = 600;

/** How a page is seen: by default in Spanish, light, 1440 × 900. Without a language (null) none was chosen before. */
type Look = { width?: number; height?: number; theme?: string; language?: string | null; locale?: string };
/** Somebody who has the demo's phone in hand. */
type Persona = {
  waId: string;
  name: string;
  language: string;
  documentNumber: string;
  birthDate: string;
};

/** What a journey walks through: a house and a browser of its own, and who comes to them. */
type Journey<House extends { url: string }> = {
  readonly house: House;
  /** A page of a browser of one's own that knows nobody yet. Closed after the test. */
  visitor(look?: Look): Promise<Page>;
  /** A desk of a colleague ('irene') who has signed in. After the test they have nothing and are away. */
  signedIn(who: string, look?: Look): Promise<Page>;
  /** Asks the house as whoever is signed in on a page. Without a body it is a GET. Fails when it is refused. */
  ask<Answer>(page: Page, path: string, body?: unknown): Promise<Answer>;
  /** Whom the demo's phone can be, in one language. */
  personas(language?: string): Promise<Persona[]>;
  /** Somebody writes on WhatsApp. Resolves when the house has it. */
  says(waId: string, words: string): Promise<void>;
};

/** Opens a house and a browser before the tests of a `describe`, and closes them after. */
export function journey(): Journey<DemoHouse>;
export function journey<House extends { url: string; close(): Promise<void> }>(
  open: () => Promise<House>,
): Journey<House>;
export function journey(
  open: () => Promise<{ url: string; close(): Promise<void> }> = openDemo,
): Journey<{ url: string }> {
  let house: { url: string; close(): Promise<void> };
  let browser: Browser;
  const visitors: BrowserContext[] = [];
  const colleagues: BrowserContext[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    house = await open();
    const administrator = await browser.newContext();
    await enters(administrator.request, 'admin');
    await ringLong(administrator.request);
    await administrator.close();
  });
  afterEach(async () => {
    for (const colleague of colleagues.splice(0)) await leaves(colleague.request);
    for (const visitor of visitors.splice(0)) await visitor.close();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  async function visitor(look: Look = {}): Promise<Page> {
    const { width = 1440, height = 900, theme = 'light', language = 'es', locale = 'es-ES' } = look;
    const context = await browser.newContext({ viewport: { width, height }, locale, reducedMotion: 'reduce' });
    visitors.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(
      ([chosen, spoken]) => {
        localStorage.setItem('hebra.theme', chosen!);
        if (spoken) localStorage.setItem('hebra.language', spoken);
      },
      [theme, language ?? ''],
    );
    return context.newPage();
  }
  async function enters(request: APIRequestContext, who: string): Promise<void> {
    await asked(request, `${house.url}/api/sign-in`, {
      email: `${who}@vegaclara.example`,
      password: PASSWORD,
    });
  }
  async function ringLong(request: APIRequestContext): Promise<void> {
    const path = `${house.url}/api/settings/organisation`;
    const { settings, revision } = await asked<OrganisationView>(request, path);
    const data = { settings: { ...settings, ringSeconds: RING_SECONDS }, revision };
    expect((await request.put(path, { data })).status()).toBe(200);
  }
  /** The next test begins with an empty room, whatever became of this one. */
  async function leaves(request: APIRequestContext): Promise<void> {
    const inbox = await request.get(`${house.url}/api/inbox`);
    // who has no inbox holds nothing, and who has signed out neither
    if (!inbox.ok()) return;
    for (const { conversationId } of ((await inbox.json()) as Inbox).mine)
      await request.post(`${house.url}/api/conversations/${conversationId}/wrap-up`, {
        data: { reason: 'other', solved: true },
      });
    await request.post(`${house.url}/api/presence`, { data: { state: 'offline' } });
  }

  return {
    get house() {
      return house;
    },
    visitor,
    async signedIn(who, look) {
      const page = await visitor(look);
      const context = page.context();
      await enters(context.request, who);
      colleagues.push(context);
      await page.goto(`${house.url}/desk`);
      await page.locator('.rail-me').waitFor();
      return page;
    },
    ask: (page, path, body) => asked(page.context().request, `${house.url}${path}`, body),
    async personas(language = 'es') {
      const answer = await fetch(`${house.url}/demo/phone/people`);
      return ((await answer.json()) as { people: Persona[] }).people.filter((one) => one.language === language);
    },
    async says(waId, words) {
      const sent = await fetch(`${house.url}/demo/phone/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ from: waId, message: { type: 'text', text: { body: words } } }),
      });
      expect({ sent: sent.status, webhook: ((await sent.json()) as { status: number }).status }).toEqual({
        sent: 200,
        webhook: 200,
      });
    },
  };
}

async function asked<Answer>(request: APIRequestContext, url: string, data?: unknown): Promise<Answer> {
  const answer = await (data === undefined ? request.get(url) : request.post(url, { data }));
  expect(answer.ok(), `${answer.status()} ${url}`).toBe(true);
  return (await answer.json()) as Answer;
}

/** axe in dark and in light, where the page stands. */
export async function axeInBoth(page: Page): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);
    await axe(page);
  }
}

/** Waits until something is there so many times; none means that it is gone. */
export async function times(locator: Locator, count: number): Promise<void> {
  await expect.poll(() => locator.count(), { message: `how often ${String(locator)} is there` }).toBe(count);
}

/** Waits until the first of it says so; plain spaces stand for all. */
export async function words(locator: Locator, expected: string | RegExp): Promise<void> {
  const said = async (): Promise<string> => (await locator.first().innerText()).replaceAll('\u00a0', ' ');
  await expect.poll(said, { message: String(locator) }).toMatch(expected);
}

/** Nothing is wider than the screen. */
export async function fits(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
    .toBeLessThanOrEqual(0);
}

/** Two keys, one right after the other, however slow the machine is between them. */
export async function pair(page: Page, first: string, second: string): Promise<void> {
  await Promise.all([page.keyboard.press(first), page.keyboard.press(second)]);
}
