import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slackManifest } from '../../approvals/manifest.ts';
import { eventPattern } from '../../infra/event-pattern.ts';
import { memberPolicies } from '../../infra/policies.ts';
import { configJsonSchema } from '../config.ts';
import { summarise } from '../control-summary.ts';
import { catalogue } from '../redress.ts';
import { machineDiagram } from '../workflow/diagram.ts';
import { controlsMarkdown } from './controls.ts';
import { costsMarkdown } from './costs/markdown.ts';
import type { Measured } from './costs/model.ts';
import { coverageMarkdown, errataMarkdown, readProof } from './coverage.ts';
import { demoPicture } from './demo-picture.ts';
import { operationsMarkdown } from './operations.ts';
import { workflowMarkdown } from './workflow.ts';

/**
 * Writes everything that follows from the definitions: docs, permissions,
 * event rules, the schema of the configuration. With `--check` it only compares,
 * and ends with status 1 when a committed file is not what it would write.
 */

const summaries = [...catalogue.values()].map(summarise);
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const root = fileURLToPath(new URL('../../', import.meta.url));
// Written by `REDRESS_WRITE_PROOF=1 npm run test:emulator`.
const measured: Measured = JSON.parse(await readFile(join(root, 'docs/measured.json'), 'utf8'));
const proof = readProof(await readFile(join(root, 'docs/proof.md'), 'utf8'));

const files: Readonly<Record<string, string>> = {
  'docs/controls.md': controlsMarkdown(summaries),
  'docs/coverage.md': coverageMarkdown(summaries, proof),
  'docs/costs.md': costsMarkdown(measured),
  'docs/errata.md': errataMarkdown(summaries),
  'docs/workflow.md': workflowMarkdown(machineDiagram()),
  'docs/operations.md': operationsMarkdown(),
  'docs/demo.svg': await demoPicture(),
  'docs/redress.schema.json': json(configJsonSchema()),
  'infra/generated/slack-manifest.socket.json': json(slackManifest('socket')),
  'infra/generated/slack-manifest.http.json': json(slackManifest('http')),
  'infra/generated/event-patterns.json': json(eventPattern(catalogue)),
  ...policyFiles('read'),
  ...policyFiles('write'),
};

/** The policies of a role in member accounts, in as many files as IAM needs policies. */
function policyFiles(kind: 'read' | 'write'): Record<string, string> {
  const name = kind === 'read' ? 'redress-read' : 'redress-remediate';
  return Object.fromEntries(
    memberPolicies(summaries, kind).map((policy, index) => [`infra/generated/${name}-${index + 1}.json`, json(policy)]),
  );
}

const check = process.argv.includes('--check');
const stale: string[] = [];

for (const [name, content] of Object.entries(files)) {
  const path = join(root, name);
  const committed = await readFile(path, 'utf8').catch(() => undefined);
  if (committed === content) continue;
  stale.push(name);
  if (check) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const what =
  stale.length === 0 ? 'All generated files are current.' : `${check ? 'Not current' : 'Written'}: ${stale.join(', ')}`;
process.stdout.write(`${what}\n`);
if (check && stale.length > 0) {
  process.stderr.write('Run `npm run generate` and commit what it writes.\n');
  process.exitCode = 1;
}
