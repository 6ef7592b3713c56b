import { plain } from '../triage/words.ts';

/*
 * Short answers: yes and no, stop and back, "I do not know", "any of them", and what is read off figures and names.
 */

const DAY_NAMED =
  /\d|\b(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|hoy|semana|dia|dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge|dema|avui|setmana|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|week|day|segunda|terca|quarta|quinta|sexta|amanha|hoje)\b/;

/** Whether a text wishes for another hour of the same day: "un poco más tarde". Null where it names a day or hour. */
export function aside(text: string): 'later' | 'earlier' | null {
  const said = plain(text);
  if (DAY_NAMED.test(said)) return null;
  if (/\b(?:mas tarde|later|mes tard|mais tarde)\b/.test(said)) return 'later';
  return /\b(?:mas temprano|un poco antes|earlier|mes aviat|una mica abans|mais cedo|um pouco antes)\b/.test(said)
    ? 'earlier'
    : null;
}

const ASSENT = /^(?:si+|sip|sim|yes+|yeah|yep|y|claro|i tant|s)\b/;

/** "Vale", "perfecto, gracias", "👍": taken note of, which after "anything else?" is no yes. */
export function isAcknowledgement(text: string): boolean {
  return yesOrNo(text) === 'yes' && !ASSENT.test(plain(text).trim());
}

/** Nothing but signs or emoji: someone who waits, or does not know what to write. */
export function isSigns(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text);
}

const UNSURE =
  /^(?:(?:pues|uf|es que|mmm+|eh|hmm+)\s+)*(?:(?:yo )?no (?:lo )?se|ni idea|no estoy segur[oa]|no me acuerdo|no recuerdo|no ho se|no n'estic segur[oa]?|no me'n recordo|(?:i )?don'?t know|dunno|idk|not sure|i'?m not sure|no idea|(?:eu )?nao (?:o )?sei|nao tenho certeza|nao me lembro|que (?:hago|pongo|significa|es eso)|no (?:lo )?entiendo|no ho entenc|i don'?t understand|nao entendi|nao percebi)(?:\s+\p{L}+){0,3}$/u;

/** "No sé": neither yes nor no, and no wish. */
export function isUnsure(text: string): boolean {
  return UNSURE.test(
    plain(text)
      .replace(/[^\p{L}' ]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

const INDIFFERENT =
  /^(?:(?:a mi )?me da (?:igual|lo mismo)|es igual|igual|lo que sea|cualquiera|el que sea|la que sea|quien sea|con quien sea|indiferente|da igual|da lo mismo|donde sea|m'?es igual|tan?t (?:(?:me |me'n )?fa|m'?es)|qualsevol|whatever|anyone|anybody|any|anything|either|i don'?t mind|doesn'?t matter|tanto faz|qualquer(?: um| uma)?|e igual)(?:\s+\p{L}+){0,2}$/u;

/** "Me da igual": any of them will do. */
export function isIndifferent(text: string): boolean {
  return INDIFFERENT.test(
    plain(text)
      .replace(/[^\p{L}' ]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

const CANCEL_WHOLE =
  /^(?:cancel(?:l?ar|a|o|la|e)?|salir|sortir|sair|exit|quit|stop|parar|para|basta|olvid\w+|dejalo|dejelo|dejemoslo|deixa-?ho|deixi-?ho|deixa pra la|deixe|nada|res|nothing|never ?mind|forget it|esquece|esquec\w+|oblid\w+|ja no|ya no|no importa|terminar|acabar|fin)(?:\s+(?:todo|tot|tudo|all|it|ya|ja|por favor|please|gracias|gracies|thanks))*$/;

export function wantsToStop(text: string): boolean {
  return CANCEL_WHOLE.test(
    plain(text)
      .replace(/[^\p{L}\p{N}' -]+/gu, ' ')
      .trim(),
  );
}

const BACK_WHOLE =
  /^(?:volver|atras|regresar|vuelve|para atras|volver atras|anterior|tornar|enrere|endarrere|back|go back|previous|voltar|volta|para tras)(?:\s+(?:atras|por favor|please|al anterior))*$/;

export function wantsBack(text: string): boolean {
  return BACK_WHOLE.test(
    plain(text)
      .replace(/[^\p{L}\p{N}' -]+/gu, ' ')
      .trim(),
  );
}

const MORE_WHOLE =
  /^(?:(?:ver|veure|see|show|mostrar|mas|mes|otr[oa]s?|altres?|outr[oa]s?|more|mais)\s*)+(?:opciones|opcions|options|opcoes|horas|hores|times|dias|dies|days)?$/;

export function wantsMore(text: string): boolean {
  return MORE_WHOLE.test(
    plain(text)
      .replace(/[^\p{L} ]+/gu, ' ')
      .trim(),
  );
}

const YES =
  /^(?:s+i+p*|si|sip|sii|seh|yess+|oki+s?|okis|vale vale|genial|estupendo|me va bien|me viene bien|em va be|works for me|great|otimo|esa|ese|esa misma|aquesta|that one|👌|👍🏻|👍🏼|👍🏽|👍🏾|claro|vale|ok+|okey|okay|dale|de acuerdo|por supuesto|correcto|exacto|perfecto|afirmativo|esta bien|bueno|confirmo|listo|va|venga|eso es|asi es|d'?acord|i tant|correcte|es clar|perfecte|be|molt be|exacte|yes|yep|yeah|y|sure|right|correct|that'?s right|of course|fine|sim|isso|claro que si|com certeza|certo|pode ser|ta|ta bom|esta bem|👍|✅)(?:[\s,.!]+(?:si|sim|yes|por favor|please|gracias|gracies|obrigad[oa]|thanks|claro|esta bien|quiero|vull|quero|soy yo|soc jo|sou eu|correcto|confirmo|perfecto|vale|ok|senor|senora))*[\s.!]*$/;

const NO =
  /^(?:no+|nop|nope|na|nah|para nada|nunca|negativo|no gracias|mejor no|todavia no|ahora no|tampoco|incorrecto|no es|no quiero|no puedo|no soy|no hace falta|no cal|millor no|encara no|ara no|not now|not yet|no thanks|i don'?t|wrong|nao|n|de jeito nenhum|melhor nao|ainda nao|agora nao|nada|res|nothing|👎|❌)(?:[\s,.!]+(?:no|nao|gracias|gracies|thanks|thank you|obrigad[oa]|por ahora|de momento|quiero|vull|quero|soy yo|es|era|esta bien|nada mas|res mes|nothing else|mais nada))*[\s.!]*$/;

/** Yes or no; null where it is neither. */
export function yesOrNo(text: string): 'yes' | 'no' | null {
  const said = plain(text)
    .replace(/[¿¡"()]/g, '')
    .trim();
  if (said.length > 60) return null;
  if (YES.test(said)) return 'yes';
  if (NO.test(said)) return 'no';
  return null;
}

/** A document number as the record compares it: letters and digits, upper case. Null where it cannot be one. */
export function documentNumber(text: string): string | null {
  const said = plain(text).toUpperCase();
  const found = said.match(/[A-Z]{0,3}[\s-]?\d[\d.\s-]{3,14}\d[\s-]?[A-Z]?\b/);
  if (!found) return null;
  let bare = found[0].replace(/[^A-Z0-9]/g, '');
  // a word before the number is not part of it ("DNI 12345678Z", "es 12345678Z")
  bare = bare.replace(/^(?:DNI|NIE|NIF|CI|CPF|RG|RUT|CC|ID|ES|MI|N|NO|EL|NUM)(?=\d{5})/, '');
  return bare.replace(/\D/g, '').length >= 5 && bare.length <= 15 ? bare : null;
}

/** A telephone number, digits with an optional plus; null where it cannot be one. */
export function phoneNumber(text: string): string | null {
  const found = text.match(/\+?\d[\d\s().-]{6,20}\d/);
  if (!found) return null;
  const bare = found[0].replace(/[^\d+]/g, '');
  const digits = bare.replace('+', '').length;
  return digits >= 8 && digits <= 15 ? bare : null;
}

/** A person's name as written; without "me llamo", never more than six words, never figures. */
export function personName(text: string): string | null {
  const bare = text
    .trim()
    .replace(
      /^(?:hola,?\s+)?(?:me llamo|mi nombre es|soy|em dic|soc|el meu nom és|my name is|i am|i'm|me chamo|meu nome é|sou)\s+/i,
      '',
    )
    .replace(/[.,;!]+$/, '')
    .trim();
  if (!/^[\p{L}][\p{L}'’· .-]{1,79}$/u.test(bare)) return null;
  const list = bare.split(/\s+/);
  return list.length <= 6
    ? list.map((word) => (word === word.toLowerCase() ? word[0]!.toUpperCase() + word.slice(1) : word)).join(' ')
    : null;
}
