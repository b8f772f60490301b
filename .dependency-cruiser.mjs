/**
 * Who may know whom. The layers of Redress, as rules: what a rule forbids does
 * not pass `npm run layers`.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    {
      name: 'controls-know-the-vocabulary-only',
      comment: 'Detectors and remediations are definitions: they import src/control.ts, each other, and do no I/O.',
      severity: 'error',
      from: { path: '^(detectors|remediations)/' },
      to: { pathNot: ['^(detectors|remediations)/', '^src/control[.]ts$', '^util$', 'node_modules/@aws-sdk/client-'] },
    },
    {
      name: 'detectors-know-no-remediations',
      severity: 'error',
      from: { path: '^detectors/' },
      to: { path: '^remediations/' },
    },
    {
      name: 'one-door-to-aws',
      comment:
        'Only src/aws/ imports AWS clients. (Definitions, and the store in DynamoDB, which is given its client, name ' +
        'their types, which are gone at run time.)',
      severity: 'error',
      from: {
        pathNot: [
          ...['^src/aws/', '^(detectors|remediations)/', '^test/'],
          ...['^src/intake/sources/queue[.]ts$', '^src/store/dynamodb'],
        ],
      },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    {
      name: 'approvals-know-no-aws',
      severity: 'error',
      from: { path: '^approvals/' },
      to: { path: ['^src/aws/', 'node_modules/@aws-sdk/'] },
    },
    {
      name: 'workflow-knows-no-aws',
      comment: 'The workflow asks a Remediator; only that knows AWS.',
      severity: 'error',
      from: { path: '^src/workflow/' },
      to: { path: ['^src/aws/', '^src/judge/', 'node_modules/@aws-sdk/'] },
    },
    {
      name: 'nobody-measures-itself',
      comment: 'Telemetry is put around the ports where the bot is put together. What is measured does not know of it.',
      severity: 'error',
      from: { path: '^(src/(workflow|judge|plan|store|control|export|aws|intake|sweep)/|src/engine[.]ts$|approvals/)' },
      to: { path: ['^src/telemetry/', 'node_modules/@opentelemetry/'] },
    },
    {
      name: 'one-way-to-opentelemetry',
      severity: 'error',
      from: { pathNot: ['^src/telemetry/', '^test/'] },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'machine-does-no-io',
      severity: 'error',
      from: { path: '^src/workflow/(machine|guards|memory|finding|step|snapshot)[.]ts$' },
      to: { path: ['^src/store/libsql', '^(fs|net|http|https|child_process)'] },
    },
    {
      name: 'only-infra-knows-the-cdk',
      comment: 'It is there to deploy, not to run: nothing that a function or the command line loads may need it.',
      severity: 'error',
      from: { pathNot: '^(infra|test/infra)/' },
      to: { path: 'node_modules/(aws-cdk-lib|cdk-nag|constructs)/' },
    },
    {
      name: 'nobody-imports-the-command-line',
      severity: 'error',
      from: { pathNot: '^(src/cli|test)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'nothing-forgotten',
      comment: 'A module that nobody imports is dead.',
      severity: 'error',
      from: { orphan: true, pathNot: ['[.]d[.]ts$', '^src/cli/main[.]ts$', '^test/', '[.]config[.]ts$'] },
      to: {},
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: false,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
};
