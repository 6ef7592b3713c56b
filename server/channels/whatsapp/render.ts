import type { Language, MenuOption, OutboundContent } from '../../conversation/contract.ts';
import { fitTitle, splitTail, splitText } from '../split.ts';

/**
 * What WhatsApp can show. Source: developers.facebook.com/documentation/business-messaging/whatsapp/messages
 * (text, interactive-reply-buttons, interactive-list-messages, image, document). A list's body may be longer than
 * a button message's; the shorter limit serves both.
 */
const LIMITS = {
  text: 4096,
  body: 1024,
  caption: 1024,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 256,
  rows: 10,
  rowTitle: 24,
  rowDescription: 72,
  rowId: 200,
  listButton: 20,
  filename: 240,
} as const;

/** One message on the wire, without envelope: `type` and the member of that name. */
export type WirePart = { type: string } & Record<string, unknown>;

const OPEN_LIST: Record<Language, string> = {
  es: 'Ver opciones',
  ca: 'Veure opcions',
  en: 'See options',
  pt: 'Ver opções',
};
const MORE: Record<Language, string> = {
  es: 'Más opciones:',
  ca: 'Més opcions:',
  en: 'More options:',
  pt: 'Mais opções:',
};
const CHOOSE: Record<Language, string> = {
  es: 'Estas son las opciones:',
  ca: 'Aquestes són les opcions:',
  en: 'These are the options:',
  pt: 'Estas são as opções:',
};

/**
 * An outgoing content as the messages that WhatsApp can show, in their order; none when there is nothing to say.
 * @param mediaId the vendor's id of the uploaded file, for a content of kind media
 */
export function render(content: OutboundContent, language: Language, mediaId?: string): WirePart[] {
  switch (content.kind) {
    case 'text':
      return splitText(content.text, LIMITS.text).map(textPart);
    case 'menu':
      return menu(content.text, content.options, content.button, language);
    case 'media': {
      const file: Record<string, unknown> = { id: mediaId };
      const captioned = content.media === 'image' || content.media === 'video' || content.media === 'document';
      if (content.media === 'document' && content.filename)
        file['filename'] = content.filename.slice(0, LIMITS.filename);
      const caption = content.caption ?? '';
      const part: WirePart = { type: content.media, [content.media]: file };
      if (caption.trim() === '') return [part];
      if (!captioned || caption.length > LIMITS.caption)
        return [part, ...splitText(caption, LIMITS.text).map(textPart)];
      file['caption'] = caption;
      return [part];
    }
    case 'template':
      return [
        {
          type: 'template',
          template: {
            name: content.name,
            language: { code: content.language },
            components:
              content.parameters.length === 0
                ? undefined
                : [
                    {
                      type: 'body',
                      parameters: content.parameters.map((value) => ({ type: 'text', text: parameter(value) })),
                    },
                  ],
          },
        },
      ];
  }
}

function menu(text: string, options: MenuOption[], button: string | undefined, language: Language): WirePart[] {
  const unique = onePerId(options);
  const { before, last } = splitTail(text.trim() === '' ? CHOOSE[language] : text, LIMITS.text, LIMITS.body);
  const parts: WirePart[] = before.map(textPart);
  if (fitsButtons(unique)) {
    parts.push({
      type: 'interactive',
      interactive: {
        type: 'button',
        body: { text: last },
        action: {
          buttons: unique.map((option) => ({
            type: 'reply',
            reply: { id: option.id, title: fitTitle(option.title, LIMITS.buttonTitle) },
          })),
        },
      },
    });
    return parts;
  }
  for (let at = 0; at < unique.length; at += LIMITS.rows) {
    parts.push({
      type: 'interactive',
      interactive: {
        type: 'list',
        body: { text: at === 0 ? last : MORE[language] },
        action: {
          button: fitTitle(button?.trim() || OPEN_LIST[language], LIMITS.listButton),
          sections: [{ rows: unique.slice(at, at + LIMITS.rows).map(row) }],
        },
      },
    });
  }
  return parts;
}

/** Buttons only when nothing is lost by them: few, short, told apart, nothing to explain. */
function fitsButtons(options: MenuOption[]): boolean {
  return (
    options.length <= LIMITS.buttons &&
    options.every(
      ({ title, description }) => title.trim() !== '' && title.trim().length <= LIMITS.buttonTitle && !description,
    ) &&
    new Set(options.map((option) => option.title.trim())).size === options.length
  );
}

function row(option: MenuOption): Record<string, string> {
  const title = fitTitle(option.title, LIMITS.rowTitle) || '…';
  // a cut title is said in full below it
  const full = option.title.replace(/\s+/g, ' ').trim();
  const told =
    title === full || title === '…'
      ? option.description
      : option.description
        ? `${full} · ${option.description}`
        : full;
  const made: Record<string, string> = { id: option.id, title };
  if (told && told.trim() !== '') made['description'] = fitTitle(told, LIMITS.rowDescription);
  return made;
}

/** WhatsApp refuses two options with one id; the first stands. */
function onePerId(options: MenuOption[]): MenuOption[] {
  const seen = new Set<string>();
  return options.filter((option) => !seen.has(option.id) && seen.add(option.id) && option.id.length <= LIMITS.rowId);
}

function textPart(body: string): WirePart {
  return { type: 'text', text: { body, preview_url: false } };
}

/** A template's parameter may hold no line break, tab or more than four spaces in a row; an empty one is refused. */
function parameter(value: string): string {
  return value.replace(/\s+/g, ' ').trim() || '-';
}
