import { expect, test } from 'vitest';
import { asksOfWait } from './asked.ts';

test.each([
  '¿cuánto falta?',
  'cuanto tiempo mas tengo que esperar',
  '¿falta mucho?',
  'cuándo me atienden',
  'sigo esperando',
  'hay alguien??',
  '¿cuántos hay delante?',
  '¿en qué puesto estoy?',
  '¿me van a contestar?',
  'quant falta?',
  'hi ha algú?',
  'encara espero',
  'How much longer?',
  'how many people before me',
  'still waiting...',
  'is anyone there',
  'quanto tempo falta?',
  'vai demorar muito?',
  'tem alguém aí?',
])('asks how the wait stands: %s', (text) => {
  expect(asksOfWait(text)).toBe(true);
});

test.each([
  'me duele la rodilla desde el lunes',
  'mi número de documento es 12345678Z',
  'el informe es de mi madre',
  'gracias',
  'era para cambiar la cita del martes a otro día si puede ser por la tarde, cuánto falta para que salgan las agendas nuevas',
  'quiero saber el resultado',
  'tinc una pregunta de la factura',
  'it is about my bill',
  'é sobre a minha consulta',
  '',
])('says something else: %s', (text) => {
  expect(asksOfWait(text)).toBe(false);
});
