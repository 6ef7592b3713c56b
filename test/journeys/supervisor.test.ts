import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { axeInBoth, journey, pair, times } from './journey.ts';

const WHISPER = 'Pregúntale si toma anticoagulantes';

describeInBrowser('a supervisor in the live room', () => {
  const desk = journey();

  it('sees who waits, pins them to a colleague, reads along, whispers and takes over, without a mouse', async () => {
    const page = await desk.signedIn('rosa');
    await pair(page, 'g', 'r');
    await page.getByRole('heading', { name: 'Sala en directo' }).waitFor();
    await page.locator('.sv-none', { hasText: 'No hay nadie conectado' }).waitFor();
    await axeInBoth(page);

    const patient = (await desk.personas())[0]!;
    await desk.says(patient.waId, 'hola');
    await desk.says(patient.waId, 'quiero hablar con una persona');
    // the board comes to it by itself
    await page.locator('.figures .figure', { hasText: /^1$/ }).first().waitFor();
    await page.keyboard.press('2');
    const first = page.locator('table.items tbody input[type=checkbox]').first();
    await first.waitFor();
    await axeInBoth(page);
    await first.focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('f');
    await page.getByRole('dialog').waitFor();
    await axe(page);
    const window = page.getByRole('dialog');
    const whom = window.getByLabel('Persona', { exact: true });
    await whom.locator('option', { hasText: 'Irene Valdés' }).waitFor({ state: 'attached' });
    await whom.focus();
    await page.keyboard.type('Irene');
    await expect
      .poll(() => whom.evaluate((list: HTMLSelectElement) => list.selectedOptions[0]?.label))
      .toContain('Irene Valdés');
    await window.getByLabel('Motivo').fill('ya la conoce');
    await page.keyboard.press('Enter');
    await page.getByText('Fijada a Irene Valdés').waitFor();

    // for nobody else it is offered
    const irene = await desk.signedIn('irene');
    await irene.locator('.calm .btn.pri.lg').click();
    await irene.locator('.offer').waitFor();
    await irene.keyboard.press('a');
    await irene.locator('#composer').waitFor();

    await page.keyboard.press('3');
    await page
      .getByRole('button', { name: /^Escuchar/ })
      .first()
      .waitFor();
    await page.keyboard.press('l');
    await page.getByLabel('Motivo').fill('primer día de Irene');
    await axeInBoth(page);
    await page.keyboard.press('Enter');
    await page.getByText('Escuchas. Irene Valdés lo ve.').waitFor();
    await page.locator('.msg.in', { hasText: 'quiero hablar con una persona' }).waitFor();
    await axeInBoth(page);
    await irene.locator('.listening-line', { hasText: 'Rosa Echevarría lee esta conversación' }).waitFor({});

    await page.locator('#thread').focus();
    await page.keyboard.press('w');
    await page.keyboard.type(WHISPER);
    await page.keyboard.press('Enter');
    await irene.locator('.whispers', { hasText: WHISPER }).waitFor();
    await axeInBoth(irene);

    await page.locator('#thread').focus();
    await page.keyboard.press('o');
    await page.getByLabel(/^Por qué se la tomas/).fill('el caso es delicado');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/desk\/c\//);
    await page.locator('textarea#composer').waitFor();
    await irene.locator('.taken-line', { hasText: 'Rosa Echevarría ha tomado esta conversación' }).waitFor({});
    await irene.locator('.notices', { hasText: 'Ha tomado una conversación que llevabas' }).waitFor();
    await times(irene.locator('textarea#composer'), 0);
    await axe(irene);

    // what was whispered never came to the patient's phone
    const history = await (await fetch(`${desk.house.url}/demo/phone/history?as=${patient.waId}`)).text();
    expect(history).toContain('hola');
    expect(history).not.toContain(WHISPER);

    // Rosa tells everybody; Irene has it until she has read it
    await page.goto(`${desk.house.url}/desk/room`);
    await page.getByRole('heading', { name: 'Sala en directo' }).waitFor();
    await page.locator('.agents').waitFor();
    await page.keyboard.press('b');
    await page.getByRole('dialog').getByLabel('Aviso').fill('A las once, simulacro');
    await page.getByRole('dialog').getByRole('button', { name: 'Avisar', exact: true }).click();
    const notice = irene.locator('.notices li', { hasText: 'A las once, simulacro' });
    await notice.getByRole('button', { name: 'Leído' }).click();
    await notice.waitFor({ state: 'detached' });

    await page.goto(`${desk.house.url}/desk/wall`);
    await page.locator('.wall-k').waitFor();
    await axeInBoth(page);
    await expect
      .poll(() =>
        page
          .locator('.wall .figure, .wall td.big, .wall-s b')
          .evaluateAll((figures) =>
            figures.map((one) => parseFloat(getComputedStyle(one).fontSize)).filter((size) => size < 56),
          ),
      )
      .toEqual([]);
    await times(page.locator('.wall :is(button, a, input, select)'), 0);
  });
});
