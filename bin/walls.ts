import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';

const PARTS = ['server', 'web', 'demo', 'sim', 'bench', 'test', 'bin'];
const configuration = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

export type Walls = {
  modules: number;
  imports: number;
  violations: { rule: string; from: string; to: string; comment: string }[];
};

/** What dependency-cruiser finds in the tree at `root` by the rules of .dependency-cruiser.cjs. */
export async function walls(root: string): Promise<Walls> {
  const { options, forbidden } = configuration;
  const parts = PARTS.filter((part) => existsSync(join(root, part)));
  if (parts.length === 0) return { modules: 0, imports: 0, violations: [] };
  const { output } = await cruise(parts, { ...options, baseDir: root, validate: true, ruleSet: { forbidden } });
  const { modules, summary } = output as ICruiseResult;
  const ours = modules.filter((module) => !module.source.includes('node_modules') && !module.coreModule);
  const comments = new Map<string, string>(
    forbidden.map((rule: { name: string; comment?: string }) => [rule.name, rule.comment]),
  );
  return {
    modules: ours.length,
    imports: ours.reduce((sum, module) => sum + module.dependencies.length, 0),
    violations: summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
      comment: comments.get(rule.name) ?? '',
    })),
  };
}
