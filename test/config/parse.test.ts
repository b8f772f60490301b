import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ConfigError,
  configJsonSchema,
  defaultConfig,
  exampleConfig,
  loadConfig,
  parseConfig,
} from '../../src/config.ts';
import { catalogue } from '../intake/small-catalogue.ts';

const parse = (text: string) => parseConfig(text, 'redress.yaml', catalogue);

/** The message that a text is refused with. */
function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
}

const contract = `apply: false                     # the default: dry-run. true lets serve write
controls:
  "47": { mode: approve, parameters: { logBucket: my-access-logs } }
exemptions:
  - { control: 48, resource: "arn:aws:s3:::scratch", owner: data-team, reason: "rebuilt nightly", until: 2027-03-31 }
approvers:
  - { users: [alice], groups: [S0123456], controls: all }
`;

describe('what is accepted', () => {
  it('the part that others write', () => {
    const config = parse(contract);
    expect(config.apply).toBe(false);
    expect(config.controls['47']).toMatchObject({ mode: 'approve', parameters: { logBucket: 'my-access-logs' } });
    expect(config.exemptions).toEqual([
      {
        control: 48,
        resource: 'arn:aws:s3:::scratch',
        owner: 'data-team',
        reason: 'rebuilt nightly',
        until: '2027-03-31',
      },
    ]);
    expect(config.approvers).toMatchObject([
      { users: ['alice'], groups: ['S0123456'], controls: 'all', accounts: 'all' },
    ]);
  });

  it('the same as JSON', () => {
    const config = parse(contract);
    const { apply, controls, exemptions, approvers } = config;
    expect(parse(JSON.stringify({ apply, controls, exemptions, approvers }, null, 2))).toEqual(config);
  });

  it.each(['', '# nothing yet\n', '{}', 'apply: false'])('%j is dry-run', (text) => {
    expect(parse(text)).toEqual(defaultConfig);
    expect(defaultConfig.apply).toBe(false);
    expect(defaultConfig.approvers).toEqual([]);
  });

  it('control numbers with and without quotes, parameters as numbers', () => {
    const config = parse('controls:\n  48: { parameters: { keepDays: 90 } }');
    expect(config.controls['48']?.parameters).toEqual({ keepDays: '90' });
  });

  it('the example, as it is and with every comment taken as meant', () => {
    expect(parse(exampleConfig())).toEqual(defaultConfig);
    const everything = exampleConfig().replace(/^#(?! \S)/gm, '');
    const config = parse(everything);
    expect(config.exemptions).toHaveLength(1);
    expect(config.queue?.url).toContain('redress');
    expect(config.accounts['123456789012']?.regions).toEqual(['eu-west-1', 'us-east-1']);
    expect(Object.keys(defaultConfig).filter((key) => !everything.includes(`\n${key}:`))).toEqual([]);
  });
});

describe('what is refused, with line, key and remedy', () => {
  it.each<[string, string]>([
    [
      'controls:\n  "47":\n    mode: autoo',
      'redress.yaml:3: controls.47.mode: "autoo" is not a mode; use auto, approve, guided or off',
    ],
    ['aply: true', 'redress.yaml:1: aply: unknown key; did you mean "apply"?'],
    ['controls:\n  "47":\n    mod: auto', 'redress.yaml:3: controls.47.mod: unknown key; did you mean "mode"?'],
    [
      'limits:\n  bananas: 3',
      'redress.yaml:2: limits.bananas: unknown key; known here: writesPerControlPerHour, writesPerAccountPerHour, recurrences, recurrenceWindowHours',
    ],
    [
      'accounts:\n  "123456789012":\n    controls:\n      "48":\n        regions:\n          eu-west-1: { paramters: {} }',
      'redress.yaml:6: accounts.123456789012.controls.48.regions.eu-west-1.paramters: unknown key; did you mean "parameters"?',
    ],
    ['apply: yes', 'redress.yaml:1: apply: "yes" is not true or false; write true or false, without quotes'],
    ['apply: "true"', 'redress.yaml:1: apply: "true" is not true or false; write true or false, without quotes'],
    [
      'controls:\n  "4711": {}',
      'redress.yaml:2: controls.4711: there is no control 4711; "redress controls" lists them',
    ],
    ['controls:\n  s3: {}', 'redress.yaml:2: controls.s3: "s3" is not a control number; write it like "47"'],
    [
      'controls: [48]',
      'redress.yaml:1: controls: a list does not belong here; it has to be a group of settings, one "key: value" a line',
    ],
    [
      'controls:\n  "49": { mode: auto }',
      'redress.yaml:2: controls.49.mode: control 49 is set right by a person with a runbook, never by calls; use guided or off',
    ],
    [
      'accounts:\n  "123456789012":\n    controls:\n      "49": { mode: approve }',
      'redress.yaml:4: accounts.123456789012.controls.49.mode: control 49 is set right by a person with a runbook, never by calls; use guided or off',
    ],
    [
      'controls:\n  "47":\n    parameters:\n      logBuckett: a',
      'redress.yaml:4: controls.47.parameters.logBuckett: control 47 has no such parameter; did you mean "logBucket"?',
    ],
    [
      'controls:\n  "49": { parameters: { days: 3 } }',
      'redress.yaml:2: controls.49.parameters.days: control 49 has no such parameter; it takes none',
    ],
    [
      'controls:\n  "47": { parameters: { logBucket: arn:aws:s3:::logs } }',
      'redress.yaml:2: controls.47.parameters.logBucket: "arn:aws:s3:::logs" is not the name of a bucket; give the name (not the ARN): 3 to 63 small letters, digits, dots and hyphens',
    ],
    [
      'controls:\n  "47": { regions: { eu-west-1: { parameters: { logBucket: A } } } }',
      'redress.yaml:2: controls.47.regions.eu-west-1.parameters.logBucket: "A" is not the name of a bucket; give the name (not the ARN): 3 to 63 small letters, digits, dots and hyphens',
    ],
    [
      'controls:\n  "47": { parameters: { logPrefix: [a] } }',
      'redress.yaml:2: controls.47.parameters.logPrefix: a list is not a text or a number; write one value',
    ],
    [
      'accounts:\n  012345678901: {}',
      'redress.yaml:2: accounts.12345678901: "12345678901" is not an account id; use the 12 digits, in quotes',
    ],
    [
      'accounts:\n  "123456789012": { regions: [Ireland] }',
      'redress.yaml:2: accounts.123456789012.regions[0]: "Ireland" is not a region; use a name like eu-west-1',
    ],
    [
      'exemptions:\n  - control: 48\n    resource: arn:aws:s3:::a\n    owner: me\n    reason: because',
      'redress.yaml:2: exemptions[0].until: is missing; use one that exists, as YYYY-MM-DD',
    ],
    [
      'exemptions:\n  - control: 48\n    resource: arn:aws:s3:::a\n    owner: me\n    reason: because\n    until: 2027-02-29',
      'redress.yaml:6: exemptions[0].until: "2027-02-29" is not a date; use one that exists, as YYYY-MM-DD',
    ],
    [
      'exemptions:\n  - { control: 48, resource: arn:aws:s3:::a, owner: me, reason: " ", until: 2027-03-01 }',
      'redress.yaml:2: exemptions[0].reason: "" is not a reason; say why it is accepted',
    ],
    [
      'exemptions:\n  - { control: 4711, resource: my-bucket, owner: me, reason: r, until: soon }',
      [
        'redress.yaml:2: exemptions[0].resource: "my-bucket" is not an ARN; give the ARN of the resource; * stands for any text',
        'redress.yaml:2: exemptions[0].until: "soon" is not a date; use one that exists, as YYYY-MM-DD',
        'redress.yaml:2: exemptions[0].control: there is no control 4711; "redress controls" lists them',
      ].join('\n'),
    ],
    [
      'exemptions:\n  - { control: all, resource: "*", owner: me, reason: r, until: 2027-03-01 }',
      'redress.yaml:2: exemptions[0].control: "all" is not a control number or a list of them; write it like 48 or [48, 67]',
    ],
    ['approvers:\n  - { controls: all }', 'redress.yaml:2: approvers[0]: names nobody; add users or groups'],
    [
      'approvers:\n  - { users: [alice] }',
      'redress.yaml:2: approvers[0].controls: is missing; write all, or a list like [47, 48]',
    ],
    [
      'approvers:\n  - { users: alice, controls: all }',
      'redress.yaml:2: approvers[0].users: "alice" does not belong here; it has to be a list, one "- …" a line',
    ],
    [
      'approvers:\n  - { users: [alice], controls: [48, 9999] }',
      'redress.yaml:2: approvers[0].controls[1]: there is no control 9999; "redress controls" lists them',
    ],
    [
      'sweep: { everyHours: 200 }',
      'redress.yaml:1: sweep.everyHours: 200 is not a whole number from 0 to 168; use one from 0 to 168',
    ],
    [
      'sweep: { places: [{ account: "123456789012", regions: [mars] }] }',
      'redress.yaml:1: sweep.places[0].regions[0]: "mars" is not a region; use a name like eu-west-1',
    ],
    [
      'sweep:\n  places:\n    - { account: "123456789012", regions: [eu-west-1] }\n    - { account: "123456789012", regions: [eu-west-2] }',
      'redress.yaml:2: sweep.places: names an account twice; give each account one entry',
    ],
    [
      'timing: { settleSeconds: 1.5 }',
      'redress.yaml:1: timing.settleSeconds: 1.5 is not a whole number from 0 to 600; use one from 0 to 600',
    ],
    [
      'limits: { writesPerControlPerHour: -1 }',
      'redress.yaml:1: limits.writesPerControlPerHour: -1 is not a whole number from 0 to 10000; use one from 0 to 10000',
    ],
    [
      'queue: { url: my-queue }',
      'redress.yaml:1: queue.url: "my-queue" is not a queue URL; give the URL of the queue as https://sqs.<region>.amazonaws.com/<account>/<name>',
    ],
    [
      'topicArn: notices',
      'redress.yaml:1: topicArn: "notices" is not the ARN of a topic; it looks like arn:aws:sns:eu-west-1:123456789012:notices',
    ],
    [
      'apply: true\nexemptions:\n#  - later',
      'redress.yaml:2: exemptions: is left empty; it has to be a list, one "- …" a line, or take the line out',
    ],
    ['slackToken: x', 'redress.yaml:1: slackToken: secrets never stand in this file; set them in the environment'],
    [
      'just text',
      'redress.yaml:1: "just text" does not belong here; it has to be a group of settings, one "key: value" a line',
    ],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  it.each(['apply: true\napply: false', 'controls: {', 'a: b: c', '\tapply: true', '--- \na: 1\n--- \nb: 2'])(
    'names the line of what is no YAML: %j',
    (text) => {
      expect(refusal(text)).toMatch(/^redress\.yaml:\d+: \S/);
    },
  );

  it('tells all mistakes at once, in the order of the lines', () => {
    const text = [
      'aply: true',
      'limits:',
      '  recurrences: many',
      'controls:',
      '  "9999": {}',
      '  "49": { mode: auto }',
    ];
    const lines = refusal(text.join('\n')).split('\n');
    expect(lines.map((line) => line.split(': ').slice(0, 2).join(' '))).toEqual([
      'redress.yaml:1 aply',
      'redress.yaml:3 limits.recurrences',
      'redress.yaml:5 controls.9999',
      'redress.yaml:6 controls.49.mode',
    ]);
  });

  it.each([
    ['xoxb-0000-made-up', 'controls:\n  "47": { parameters: { logBucket: xoxb-0000-made-up } }'],
    ['AKIAAAAAAAAAAAAAAAAA', 'bus: AKIAAAAAAAAAAAAAAAAA'],
    ['xapp-made-up', 'slack:\n  appToken: xapp-made-up'],
  ])('names a secret and never shows it: %s', (secret, text) => {
    const message = refusal(text);
    expect(message).toContain('secret');
    expect(message).not.toContain(secret);
  });

  it('stops at aliases that multiply without end', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`);
    expect(refusal(['a0: &a0 [x]', ...levels].join('\n'))).toMatch(/^redress\.yaml:1: .*alias/i);
  });

  it('refuses, and never breaks, whatever it is given', () => {
    fc.assert(fc.property(fc.string(), (text) => void refusal(text)));
    const key = fc.constantFrom('apply', 'controls', 'accounts', 'exemptions', 'approvers', 'queue', '47', 'mode', 'x');
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(key, tie('value')),
        fc.array(tie('value')),
      ),
    })).value;
    fc.assert(fc.property(tree, (value) => void refusal(JSON.stringify(value))));
  });
});

describe('the values of parameters fit their names', () => {
  const refused = (name: string, value: string): boolean =>
    refusal(JSON.stringify({ controls: { 115: { parameters: { [name]: value } } } })) !== 'accepted';
  const arn = (rest: string): string => `arn:aws:${rest}`;

  it.each<[string, readonly string[], readonly string[]]>([
    [
      'kmsKeyArn',
      [
        arn('kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'),
        'arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1',
        arn('kms:eu-west-1:123456789012:alias/logs'),
      ],
      ['1234abcd', 'alias/logs', arn('kms:eu-west-1:123456789012:grant/x'), arn('s3:::b'), ''],
    ],
    ['roleArn', [arn('iam::123456789012:role/path/Logs')], [arn('iam::123456789012:user/x'), 'Logs']],
    ['topicArn', [arn('sns:eu-west-1:123456789012:alarms.fifo')], ['alarms', arn('sqs:eu-west-1:123456789012:a')]],
    ['logGroup', ['/aws/vpc/flow-logs', 'a'], [arn('logs:eu-west-1:123456789012:log-group:a'), 'two words', '']],
    [
      'logGroupArn',
      [arn('logs:eu-west-1:123456789012:log-group:/aws/x'), arn('logs:eu-west-1:123456789012:log-group:x:*')],
      ['/aws/x', arn('logs:eu-west-1:123456789012:log-stream:x')],
    ],
    ['ownersGroup', ['admins', 'sg-0123'], ['', 'two words', arn('iam::123456789012:group/x')]],
    ['retentionDays', ['0', '365'], ['-1', '1.5', 'week', '']],
    ['certificateArn', [arn('acm:eu-west-1:123456789012:certificate/x')], ['x', 'arn:']],
    ['tlsPolicyName', ['ELBSecurityPolicy-TLS13-1-2-2021-06'], ['', ' ']],
  ])('%s', (name, good, bad) => {
    expect(good.filter((value) => refused(name, value))).toEqual([]);
    expect(bad.filter((value) => !refused(name, value))).toEqual([]);
  });

  it.each(['ab', 'Logs', 'my_logs', '192.168.0.1', 'a..b', '-logs', 'logs-', 'xn--logs', 'x'.repeat(64)])(
    'no bucket is called %s',
    (name) => {
      expect(refusal(`controls: { "47": { parameters: { logBucket: "${name}" } } }`)).toContain(
        'not the name of a bucket',
      );
    },
  );
});

describe('the file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redress-config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is read from where it was named', async () => {
    const path = join(folder, 'mine.yaml');
    await writeFile(path, 'apply: true');
    expect((await loadConfig(path, catalogue)).apply).toBe(true);
  });

  it('is named in its mistakes', async () => {
    const path = join(folder, 'wrong.yaml');
    await writeFile(path, '\napply: maybe');
    await expect(loadConfig(path, catalogue)).rejects.toThrow(`${path}:2: apply: "maybe" is not true or false`);
  });

  it('has to be there when it was named', async () => {
    await expect(loadConfig(join(folder, 'no.yaml'), catalogue)).rejects.toThrow('there is no such file');
    await expect(loadConfig(folder, catalogue)).rejects.toThrow('cannot be read');
  });

  it('need not be there otherwise', async () => {
    expect(await loadConfig(undefined, catalogue)).toEqual(defaultConfig);
  });
});

it('has a JSON schema that knows every key', () => {
  const schema = configJsonSchema();
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { apply: { type: 'boolean' }, controls: { type: 'object' } },
  });
  expect(JSON.parse(JSON.stringify(schema)).required).toBeUndefined();
});
