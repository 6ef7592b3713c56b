/** An answer to what cannot be done, as RFC 9457 shows it. Its title is fit for the person who asked. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: string;
  readonly status: number;
  readonly titles: Titles;
  readonly params: Record<string, string | number>;
  readonly extra: Record<string, unknown>;

  constructor(code: string, entry: ProblemEntry, options: ProblemOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = entry.status;
    this.titles = entry;
    this.params = options.params ?? {};
    this.extra = options.extra ?? {};
  }

  /** The title in a language, with its `{placeholders}` filled in. */
  title(language: keyof Titles): string {
    return this.titles[language].replace(/\{(\w+)\}/g, (_, name: string) => String(this.params[name] ?? ''));
  }
}

type Titles = { es: string; ca: string; en: string; pt: string };
export type ProblemEntry = { status: number } & Titles;
export type ProblemOptions = {
  cause?: unknown;
  params?: Record<string, string | number>;
  /** Further members of the answer (`errors`, `retryAfter`, …); nothing of a patient. */
  extra?: Record<string, unknown>;
};

/**
 * A room's table of errors: one line each with its HTTP status and its text in four languages.
 * `problems('conversation', { not_found: … }).not_found()` is an error whose code is `conversation.not_found`.
 */
export function problems<Key extends string>(
  room: string,
  table: Record<Key, ProblemEntry>,
): Record<Key, (options?: ProblemOptions) => Problem> {
  const made = {} as Record<Key, (options?: ProblemOptions) => Problem>;
  for (const key of Object.keys(table) as Key[])
    made[key] = (options) => new Problem(`${room}.${key}`, table[key], options);
  return made;
}

/** What any address can answer. */
export const platformProblems = problems('platform', {
  not_found: {
    status: 404,
    es: 'Aquí no hay nada con esa dirección.',
    ca: 'Aquí no hi ha res amb aquesta adreça.',
    en: 'There is nothing at this address.',
    pt: 'Não há nada neste endereço.',
  },
  malformed: {
    status: 400,
    es: 'Hay datos que no se entienden; mira «errors».',
    ca: 'Hi ha dades que no s’entenen; mira «errors».',
    en: 'Some of what was sent cannot be understood; see "errors".',
    pt: 'Há dados que não se entendem; vê «errors».',
  },
  not_json: {
    status: 400,
    es: 'El cuerpo no es JSON válido.',
    ca: 'El cos no és JSON vàlid.',
    en: 'The body is not valid JSON.',
    pt: 'O corpo não é JSON válido.',
  },
  address_too_long: {
    status: 414,
    es: 'La dirección es demasiado larga.',
    ca: 'L’adreça és massa llarga.',
    en: 'The address is too long.',
    pt: 'O endereço é demasiado longo.',
  },
  too_large: {
    status: 413,
    es: 'Es demasiado grande.',
    ca: 'És massa gran.',
    en: 'It is too large.',
    pt: 'É grande demais.',
  },
  wrong_type: {
    status: 415,
    es: 'Ese tipo de contenido no se acepta aquí.',
    ca: 'Aquest tipus de contingut no s’accepta aquí.',
    en: 'This content type is not taken here.',
    pt: 'Este tipo de conteúdo não é aceite aqui.',
  },
  too_many: {
    status: 429,
    es: 'Demasiadas peticiones. Espera un momento.',
    ca: 'Massa peticions. Espera un moment.',
    en: 'Too many requests. Wait a moment.',
    pt: 'Demasiados pedidos. Aguarda um momento.',
  },
  unavailable: {
    status: 503,
    es: 'El servicio no está disponible ahora. Vuelve a intentarlo en unos segundos.',
    ca: 'El servei no està disponible ara. Torna-ho a provar d’aquí a uns segons.',
    en: 'The service is not available now. Try again in a few seconds.',
    pt: 'O serviço não está disponível agora. Tenta de novo dentro de segundos.',
  },
  failed: {
    status: 500,
    es: 'Algo ha fallado de nuestro lado. No se ha guardado nada a medias.',
    ca: 'Alguna cosa ha fallat per la nostra banda. No s’ha desat res a mitges.',
    en: 'Something failed on our side. Nothing was half saved.',
    pt: 'Algo falhou do nosso lado. Nada ficou guardado pela metade.',
  },
});
