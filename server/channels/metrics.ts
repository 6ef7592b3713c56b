import { Counter, Gauge, Histogram } from 'prom-client';

// labels are kinds and codes; never a person, an address or a number
export const ingested = new Counter({
  name: 'hebra_channel_ingested_total',
  help: 'Elements received from channels, by what became of them.',
  labelNames: ['channel', 'outcome'] as const,
});
export const ingestSeconds = new Histogram({
  name: 'hebra_channel_ingest_seconds',
  help: 'From the arrival of a webhook to its answer.',
  labelNames: ['channel'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});
export const sends = new Counter({
  name: 'hebra_channel_send_total',
  help: 'Attempts to send, by outcome: sent, retry, failed.',
  labelNames: ['channel', 'outcome'] as const,
});
export const sendFailures = new Counter({
  name: 'hebra_channel_send_failures_total',
  help: 'Attempts that did not send, by the vendor’s code.',
  labelNames: ['channel', 'code'] as const,
});
export const sendSeconds = new Histogram({
  name: 'hebra_channel_send_seconds',
  help: 'One attempt to send, as the vendor answers.',
  labelNames: ['channel'] as const,
  buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 15],
});
/** Counts what is on its way, when the metrics are read. */
export const departingSources = new Set<() => number>();
new Gauge({
  name: 'hebra_channel_departing',
  help: 'Replies of this process on their way: waiting, in flight, or held for a retry.',
  collect() {
    let count = 0;
    for (const source of departingSources) count += source();
    this.set(count);
  },
});
