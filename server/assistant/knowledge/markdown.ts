import { marked, type Token, type Tokens } from 'marked';
import type { Block, Part } from './contract.ts';

/** Where a link may lead. */
const SAFE = /^(?:https?:\/\/|tel:|mailto:)/i;

export type Rendered = { blocks: Block[]; dropped: ('html' | 'image' | 'link')[] };
type Style = { bold?: true; italic?: true; href?: string };

/**
 * Markdown as blocks of plain parts, which every channel shows in its own way. No HTML comes out: what an author writes
 * as HTML is left out, and links lead only to http, https, tel and mailto.
 */
export function render(markdown: string): Rendered {
  const blocks: Block[] = [];
  const dropped = new Set<Rendered['dropped'][number]>();

  const inline = (tokens: Token[] | undefined, style: Style, out: Part[]): Part[] => {
    for (const token of tokens ?? []) {
      switch (token.type) {
        case 'strong':
          inline(token.tokens, { ...style, bold: true }, out);
          break;
        case 'em':
          inline(token.tokens, { ...style, italic: true }, out);
          break;
        case 'link': {
          const { href } = token as Tokens.Link;
          const safe = SAFE.test(href) && !/[\s<>"]/.test(href);
          if (!safe) dropped.add('link');
          inline(token.tokens, safe ? { ...style, href } : style, out);
          break;
        }
        case 'image':
          dropped.add('image');
          break;
        case 'html':
          dropped.add('html');
          break;
        case 'br':
          add(out, '\n', style);
          break;
        case 'text':
        case 'escape':
        case 'codespan':
        case 'del':
          if ('tokens' in token && token.tokens?.length) inline(token.tokens, style, out);
          else add(out, plainOf(token as Tokens.Text), style);
          break;
        default:
          add(out, (token as { raw: string }).raw, style);
      }
    }
    return out;
  };

  const list = (token: Tokens.List, level: number): void => {
    token.items.forEach((item, at) => {
      const own = item.tokens.filter((one) => one.type !== 'list');
      const parts: Part[] = [];
      for (const one of own) {
        if (parts.length) add(parts, '\n', {});
        inline('tokens' in one && one.tokens?.length ? one.tokens : [one], {}, parts);
      }
      blocks.push({
        kind: 'item',
        level: Math.min(level, 3),
        ...(token.ordered ? { number: Number(token.start || 1) + at } : {}),
        parts,
      });
      for (const one of item.tokens) if (one.type === 'list') list(one as Tokens.List, level + 1);
    });
  };

  const walk = (tokens: Token[]): void => {
    for (const token of tokens) {
      switch (token.type) {
        case 'space':
        case 'def':
        case 'hr':
          break;
        case 'heading':
          blocks.push({ kind: 'heading', parts: inline(token.tokens, {}, []) });
          break;
        case 'list':
          list(token as Tokens.List, 0);
          break;
        case 'blockquote':
          walk(token.tokens ?? []);
          break;
        case 'html':
          dropped.add('html');
          break;
        case 'code':
          blocks.push({ kind: 'paragraph', parts: add([], (token as Tokens.Code).text, {}) });
          break;
        case 'paragraph':
        case 'text':
          blocks.push({
            kind: 'paragraph',
            parts: inline('tokens' in token && token.tokens?.length ? token.tokens : [token], {}, []),
          });
          break;
        // tables and whatever else: as it is written
        default:
          blocks.push({ kind: 'paragraph', parts: add([], (token as { raw: string }).raw.trim(), {}) });
      }
    }
  };
  walk(marked.lexer(markdown, { gfm: true, breaks: true }));
  return {
    blocks: blocks.filter((one) => one.parts.some((part) => part.text.trim() !== '')),
    dropped: [...dropped],
  };
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&#39;': "'" };

function plainOf(token: { text: string }): string {
  return token.text.replaceAll(/&(?:lt|gt|amp|quot|#39);/g, (entity) => ENTITIES[entity]!);
}

function add(out: Part[], text: string, style: Style): Part[] {
  const last = out.at(-1);
  if (last && last.bold === style.bold && last.italic === style.italic && last.href === style.href) last.text += text;
  else if (text) out.push({ text, ...style });
  return out;
}

/** Blocks as one message: `*bold*` and `_italic_` as WhatsApp reads them, links written out. */
export function asMessage(blocks: Block[]): string {
  let out = '';
  blocks.forEach((one, at) => {
    const before = blocks[at - 1];
    if (before) out += one.kind === 'item' && before.kind === 'item' ? '\n' : '\n\n';
    if (one.kind === 'item')
      out += `${'   '.repeat(one.level ?? 0)}${one.number === undefined ? '•' : `${one.number}.`} `;
    out +=
      one.kind === 'heading' ? marks(one.parts.map((part) => part.text).join(''), '*') : one.parts.map(said).join('');
  });
  return out;
}

function said(part: Part): string {
  if (part.href) {
    const address = part.href.replace(/^(?:tel|mailto):/i, '');
    const same = part.text.replaceAll(/[\s+]/g, '') === address.replaceAll(/[\s+]/g, '') || part.href === part.text;
    const shown =
      /^tel:/i.test(part.href) && address.replaceAll(/\D/g, '').endsWith(part.text.replaceAll(/\D/g, '') || '–');
    return same || shown ? part.text : `${part.text} (${address})`;
  }
  // a channel knows one mark at a time
  return part.bold ? marks(part.text, '*') : part.italic ? marks(part.text, '_') : part.text;
}

/** Marks go close to the letters, or they are shown as they are. */
function marks(text: string, mark: string): string {
  const [, lead, core, tail] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text)!;
  const clean = core!.replaceAll(mark, '');
  return clean ? `${lead}${mark}${clean}${mark}${tail}` : text;
}

/** What is read for the search: the words alone. */
export function asWords(blocks: Block[]): string {
  return blocks.map((one) => one.parts.map((part) => part.text).join('')).join('\n');
}
