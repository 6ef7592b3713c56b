import { pino } from 'pino';

/**
 * The process's log: JSON lines on standard error, so that standard output stays for data.
 * A patient's words and identifiers never go in; what slips through under a known name is cut here.
 */
export const log = pino(
  {
    level: process.env['HEBRA_LOG_LEVEL'] ?? 'info',
    base: { pid: process.pid },
    redact: {
      paths: [
        '*.text',
        '*.content',
        '*.address',
        '*.profileName',
        '*.token',
        '*.password',
        'req.headers',
        '*.authorization',
      ],
      censor: '[cut]',
    },
    serializers: { error: describeError, err: describeError },
  },
  pino.destination({ fd: 2, sync: false }),
);

/** An error for the log: names and codes; a database's detail line can hold values of rows and stays out. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: typeof error };
  const known = error as Error & { code?: string; table?: string; constraint?: string; status?: number };
  return {
    name: error.name,
    code: known.code,
    table: known.table,
    constraint: known.constraint,
    status: known.status,
    // a database error's message names the constraint and not the row, but a cast error quotes the value
    message: known.code === '22P02' ? 'malformed value' : error.message.slice(0, 300),
    stack: error.stack?.split('\n').slice(1, 8).join('\n'),
    cause: error.cause === undefined ? undefined : describeError(error.cause),
  };
}
