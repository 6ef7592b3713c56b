import type { FastifyRequest } from 'fastify';
import type {} from '@fastify/multipart';
import { platformProblems } from '../platform/problems.ts';
import type { FileRefusal } from './contract.ts';

type Media = 'image' | 'audio' | 'document' | 'video' | 'sticker';

const MB = 1_048_576;
/**
 * The largest file taken of each kind. WhatsApp lets people send documents of 100 MB; a sealed file lives in the
 * database and is opened in memory, so ours is lower.
 */
export const FILE_LIMITS: Record<Media, number> = {
  image: 16 * MB,
  audio: 16 * MB,
  video: 16 * MB,
  document: 25 * MB,
  sticker: MB,
};

/** What is taken, by what the bytes say. Nothing that a browser could run: no HTML, no SVG, no archive. */
export const FILE_KINDS = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'audio/ogg',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/amr',
  'audio/webm',
  'audio/wav',
  'video/mp4',
  'video/3gpp',
  'video/webm',
  'application/pdf',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'text/plain',
] as const;

/**
 * The one file of a form, read whole.
 * @param limit bytes; of a larger one `truncated` is told and the rest is thrown away
 * @returns undefined when the form has no file
 * @throws `platform.malformed` when it is no form at all or ends in the middle: the parser's own error has no status
 */
export async function fileOf(
  request: FastifyRequest,
  limit: number,
): Promise<{ bytes: Buffer; mimetype: string; filename: string | undefined; truncated: boolean } | undefined> {
  try {
    const part = await request.file({
      limits: { fileSize: limit, files: 1, fields: 4, parts: 5 },
      throwFileSizeLimit: false,
    });
    if (!part) return undefined;
    const bytes = await part.toBuffer();
    const { mimetype, filename } = part;
    return { bytes, mimetype, filename: filename || undefined, truncated: part.file.truncated };
  } catch (cause) {
    throw (cause as { statusCode?: number }).statusCode === undefined ? platformProblems.malformed({ cause }) : cause;
  }
}

/** How people see a file of this MIME type. */
export function mediaOf(mime: string): Media {
  const family = mime.split('/')[0];
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

/**
 * Whether a file is what it says and may be kept.
 * @param declared the MIME type that came with it; who sends it chooses it, so the bytes decide
 * @returns the type to keep it under, or why not
 */
export function inspect(
  bytes: Buffer,
  declared: string,
  media: Media = mediaOf(declared),
): { mime: string } | { refused: FileRefusal } {
  if (bytes.length === 0) return { refused: 'damaged' };
  if (bytes.length > FILE_LIMITS[media]) return { refused: 'too_large' };
  const named = declared.split(';')[0]!.trim().toLowerCase();
  const mime = sniff(bytes, named);
  if (!mime) return { refused: 'kind' };
  const actual = mediaOf(mime);
  // a photo sent as a document is fine; a document dressed as a photo is not
  if (media !== 'document' && actual !== (media === 'sticker' ? 'image' : media)) return { refused: 'kind' };
  return { mime };
}

function sniff(bytes: Buffer, declared: string): (typeof FILE_KINDS)[number] | undefined {
  const at = (offset: number, text: string): boolean => bytes.toString('latin1', offset, offset + text.length) === text;
  if (at(0, '\xff\xd8\xff')) return 'image/jpeg';
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (at(0, 'GIF87a') || at(0, 'GIF89a')) return 'image/gif';
  if (at(0, 'RIFF') && at(8, 'WEBP')) return 'image/webp';
  if (at(0, 'RIFF') && at(8, 'WAVE')) return 'audio/wav';
  if (at(0, 'OggS')) return 'audio/ogg';
  if (at(0, '#!AMR')) return 'audio/amr';
  if (at(0, 'ID3')) return 'audio/mpeg';
  if (at(0, '%PDF-')) return 'application/pdf';
  if (at(4, 'ftyp')) {
    if (at(8, '3g')) return 'video/3gpp';
    return at(8, 'M4A') || at(8, 'M4B') || declared.startsWith('audio/') ? 'audio/mp4' : 'video/mp4';
  }
  if (at(0, '\x1a\x45\xdf\xa3')) return declared.startsWith('audio/') ? 'audio/webm' : 'video/webm';
  if (at(0, 'PK\x03\x04')) return office(bytes);
  if (at(0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return oldOffice(declared);
  // MPEG audio and ADTS begin with eleven or twelve set bits; the layer tells them apart
  if (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0) return (bytes[1]! & 0x06) === 0 ? 'audio/aac' : 'audio/mpeg';
  return isText(bytes) ? 'text/plain' : undefined;
}

/** A zip is taken only when it is a document: its parts lie in a folder of that name. */
function office(bytes: Buffer): (typeof FILE_KINDS)[number] | undefined {
  const names =
    bytes.toString('latin1', 0, Math.min(bytes.length, 65_536)) +
    bytes.toString('latin1', Math.max(0, bytes.length - 65_536));
  if (!names.includes('[Content_Types].xml')) return undefined;
  // a document that carries a program is none of ours
  if (names.includes('vbaProject.bin')) return undefined;
  if (names.includes('word/')) return 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  if (names.includes('xl/')) return 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  if (names.includes('ppt/')) return 'application/vnd.openxmlformats-officedocument.presentationml.presentation';
  return undefined;
}

function oldOffice(declared: string): (typeof FILE_KINDS)[number] | undefined {
  const known = ['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'] as const;
  return known.find((mime) => mime === declared);
}

function isText(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  // no control characters but tab, line feed, form feed, carriage return; a broken sequence reads as U+FFFD
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === 0xfffd || unit === 0x7f || (unit < 0x20 && unit !== 9 && unit !== 10 && unit !== 12 && unit !== 13))
      return false;
  }
  return true;
}

/**
 * Headers under which a file that somebody sent is opened in a browser: as what its bytes say, in a box of its own. A PDF has none:
 * Chromium's viewer does not open in a sandbox, and a PDF is nothing else there.
 */
export function fileHeaders({ mime, name }: { mime: string; name: string }): Record<string, string> {
  const opens = /^(?:image|audio|video)\/(?!svg)/.test(mime) || mime === 'application/pdf';
  // RFC 8187: what encodeURIComponent leaves and the header may not hold
  const filename = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return {
    'content-type': mime,
    'content-disposition': `${opens ? 'inline' : 'attachment'}; filename*=UTF-8''${filename}`,
    'x-content-type-options': 'nosniff',
    ...(mime !== 'application/pdf' && {
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }),
  };
}
