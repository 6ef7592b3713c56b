import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/**
 * Ends the run with one line `N passed, N failed, N skipped`, counted by test.
 * A file that could not be loaded, an error outside a test and a run without tests count as failed.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) count.failed += 1;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    // begun and not ended, when the run was cut short
    count.failed += reason === 'interrupted' ? 0 : count.pending;
    if (count.passed + count.failed + count.skipped === 0) count.failed = 1;
    if (count.failed > 0) process.exitCode = 1;
    const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
    // `hebra test` prints it itself, after everything that vitest has to say
    const file = process.env['HEBRA_CLOSING_LINE'];
    if (file) writeFileSync(file, line);
    else process.once('exit', () => process.stdout.write(line));
  }
}
