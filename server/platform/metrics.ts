import { collectDefaultMetrics, Gauge, register } from 'prom-client';
import type { App } from './http.ts';

/** A number that is asked for when someone looks: `read` gives its value, or values by label. */
export function gauge(
  name: string,
  help: string,
  read: () => Promise<{ value: number; labels?: Record<string, string> }[]>,
): void {
  const labelNames = ['organisation', 'state', 'queue'];
  const made = new Gauge({
    name,
    help,
    labelNames,
    registers: [],
    async collect() {
      this.reset();
      // a database that is away must not hide the other figures
      const rows = await read().catch(() => []);
      for (const { value, labels } of rows) this.set(labels ?? {}, value);
    },
  });
  // a process may build the house twice (tests): the last one counts
  register.removeSingleMetric(name);
  register.registerMetric(made);
}

/** `GET /health` says 200 once ready to serve, 503 while not; `GET /metrics` is Prometheus text. */
export function healthRoutes(app: App, isReady: () => Promise<boolean>): void {
  if (!register.getSingleMetric('hebra_process_cpu_user_seconds_total')) collectDefaultMetrics({ prefix: 'hebra_' });
  app.get(
    '/health',
    { config: { permission: 'public' }, schema: { hide: true }, logLevel: 'silent' },
    async (_request, reply) => {
      const ready = await isReady();
      return reply
        .code(ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: ready ? 'ok' : 'starting' });
    },
  );
  app.get(
    '/metrics',
    { config: { permission: 'public' }, schema: { hide: true }, logLevel: 'silent' },
    async (_request, reply) =>
      reply
        .type(register.contentType)
        .header('cache-control', 'no-store')
        .send(await register.metrics()),
  );
}
