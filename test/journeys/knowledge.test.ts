import { expect, it } from 'vitest';
import { axe, describeInBrowser } from '../browser.ts';
import { fits, journey } from './journey.ts';

describeInBrowser('what the hospital knows', () => {
  const walk = journey();

  it('an author writes what nobody could answer, a patient gets it, an agent puts it into a reply', async () => {
    // who writes begins with what they write
    const author = await walk.signedIn('carme');
    await author.getByRole('heading', { name: 'Conocimiento' }).waitFor();
    await author.locator('.articles').waitFor();
    await axe(author);
    await author.getByRole('link', { name: 'Sin respuesta' }).click();
    const asked = author.locator('.asked > li').filter({ hasText: 'acupuntura' }).first();
    await asked.waitFor();
    await axe(author);
    await asked.getByRole('button', { name: /Escribir artículo/ }).click();
    await author.getByLabel('Título').fill('Acupuntura');
    await author
      .getByLabel('Texto', { exact: true })
      .last()
      .fill('Sí: la **Unidad del dolor** hace acupuntura los martes, con cita.<script>alert(1)</script>');
    await author.locator('.phone-bubble').getByText('Unidad del dolor').waitFor();
    await author.getByText('El HTML se deja fuera.').waitFor();
    await axe(author);
    await author.getByRole('button', { name: 'Publicar', exact: true }).click();
    const dialog = author.getByRole('dialog');
    await dialog.getByText('Desde ahora se responde así').waitFor();
    await axe(author);
    await dialog.getByRole('button', { name: 'Publicar' }).click();
    await author.getByText('Publicado. Ya se responde así.').waitFor();
    await author.locator('.lang-tabs .missing').first().waitFor();

    // the patient sees it while writing, and is answered with it and its source
    const patient = await walk.visitor({ width: 390, height: 844 });
    await patient.goto(`${walk.house.url}/demo/site`);
    await patient.locator('.launch').click();
    await patient.locator('.way.best').click();
    const field = patient.locator('textarea');
    await field.fill('hacen acupumtura?');
    const suggestion = patient.locator('summary', { hasText: 'Acupuntura' });
    await suggestion.click();
    await patient.locator('details').getByText('los martes, con cita').waitFor();
    await axe(patient);
    await field.press('Enter');
    const answer = patient.locator('.said.in .bubble').filter({ hasText: 'Unidad del dolor' });
    await answer.waitFor();
    await answer.filter({ hasText: 'Fuente: Hospital Vega Clara' }).waitFor();
    expect(await answer.textContent()).not.toContain('<script>');
    await patient.locator('.said.in .bubble').filter({ hasText: '¿Le ha servido?' }).waitFor();
    await patient.getByRole('button', { name: 'No', exact: true }).click();
    await patient.locator('.said.in .bubble').filter({ hasText: 'no sea lo que buscaba' }).waitFor();
    await patient.getByRole('button', { name: 'Hablar con alguien' }).click();

    // the agent finds the same text with one key, in the patient's words
    const agent = await walk.signedIn('rosa', { theme: 'dark' });
    await walk.ask(agent, '/api/presence', { state: 'available' });
    const offered = agent.getByRole('button', { name: /Aceptar/ }).first();
    await offered.waitFor();
    await offered.click();
    await agent.locator('#composer').waitFor();
    await agent.locator('#thread').focus();
    await agent.keyboard.press('f');
    const search = agent.getByRole('combobox', { name: /Buscar artículos/ });
    await search.waitFor();
    await search.fill('acupuntura');
    await agent.locator('.know-a').getByText('los martes, con cita').waitFor();
    await axe(agent);
    await search.press('Enter');
    await expect.poll(() => agent.locator('#composer').inputValue()).toContain('*Unidad del dolor* hace acupuntura');
    await agent.locator('#composer:focus').waitFor();

    // what was withdrawn is answered no more; the question that it did not help with waits for the author
    await author.getByRole('button', { name: 'Retirar' }).click();
    await author.getByRole('dialog').getByRole('button', { name: 'Retirar' }).click();
    await author.getByText('Retirado. Ya no se responde.').waitFor();
    await author.getByRole('link', { name: 'Sin respuesta' }).click();
    const again = author.locator('.asked > li').filter({ hasText: 'acupumtura' });
    await again.getByText('Se respondió y no sirvió:').waitFor();
  });

  it('is there on a phone, in the dark, and says so when nothing is found', async () => {
    const page = await walk.signedIn('carme', { theme: 'dark', width: 390 });
    await page.locator('.articles').waitFor();
    await axe(page);
    await page.getByRole('searchbox', { name: 'Buscar por título' }).fill('zzz');
    await page.getByText('Nada con esos filtros.').waitFor();
    await page.getByRole('searchbox', { name: 'Buscar por título' }).fill('aparcam');
    await page.getByRole('link', { name: 'Aparcamiento', exact: true }).click();
    await page.locator('.phone-bubble').waitFor();
    await axe(page);
    await fits(page);
  });
});
