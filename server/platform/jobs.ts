import { Logger, run, type Runner, runMigrations, type Task } from 'graphile-worker';
import { sql } from 'kysely';
import pg from 'pg';
import { log } from './log.ts';
import type { Trx } from './postgres.ts';

/** What a job knows; ids only, the rest is read when it runs. */
export type JobPayload = { organisationId: string } & Record<string, unknown>;
export type Tasks = Record<string, (payload: JobPayload) => Promise<void>>;

/**
 * Asks for work in this transaction: it runs once that is committed, and never if it is not.
 * For what is rare or timed; a job costs 1.4 ms, so never one for each message.
 * @param job.key one job of a key waits at a time; a new one replaces it
 */
export async function enqueue(
  trx: Trx,
  job: { task: string; payload: JobPayload; runAt?: Date; key?: string },
): Promise<void> {
  await sql`select hebra.enqueue(${job.task}, ${JSON.stringify(job.payload)}::json, ${job.runAt ?? null}, ${job.key ?? null})`.execute(
    trx,
  );
}

/** Takes back a job that has not begun. */
export async function cancelJob(trx: Trx, key: string): Promise<void> {
  await sql`select hebra.cancel(${key})`.execute(trx);
}

/** Makes or updates the schema of the jobs. */
export async function migrateJobs(ownerUrl: string): Promise<void> {
  await runMigrations({ connectionString: ownerUrl, logger: quiet() });
}

/** Runs jobs in this process until stopped. `ownerUrl` owns the jobs' schema. */
export async function startJobs(ownerUrl: string, tasks: Tasks): Promise<{ stop(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 6, application_name: 'hebra-jobs' });
  const lost = (error: Error): void => log.warn({ error }, 'jobs connection lost');
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  const taskList: Record<string, Task> = {};
  for (const [name, task] of Object.entries(tasks)) taskList[name] = (payload) => task(payload as JobPayload);
  const runner: Runner = await run({
    pgPool: pool,
    taskList,
    concurrency: 4,
    pollInterval: 2_000,
    noHandleSignals: true,
    logger: quiet(),
  });
  runner.promise.catch((error: unknown) => log.error({ error }, 'jobs stopped'));
  return {
    async stop() {
      await runner.stop();
      await pool.end();
    },
  };
}

/** Its lines at our levels and without payloads. */
function quiet(): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error({ source: 'jobs' }, message.slice(0, 200));
    else if (level === 'warning') log.warn({ source: 'jobs' }, message.slice(0, 200));
    else log.debug({ source: 'jobs' }, message.slice(0, 200));
  });
}
