import { permissionsFor } from './aws/permissions.ts';
import { PASSED_TO } from './aws/permissions-table.ts';
import type { Control } from './catalogue.ts';
import { callsOf, type Read } from './control/read.ts';
import type { Remediation } from './control/remediation.ts';

/** An API operation, by its service's name in the AWS CLI. */
export interface OperationName {
  readonly service: string;
  readonly operation: string;
}

/** A control as it is defined in code: what `redress controls` prints and the docs are made from. */
export interface ControlSummary {
  readonly control: number;
  readonly title: string;
  readonly criticality: string;
  readonly service: string;
  readonly resourceType: string;
  readonly scope: string;
  readonly kind: string;
  readonly mode: string;
  readonly impact: string;
  readonly undo: string;
  readonly triggers: readonly { readonly source: string; readonly event: string }[];
  readonly reads: readonly OperationName[];
  readonly writes: readonly OperationName[];
  readonly permissions: { readonly read: readonly string[]; readonly write: readonly string[] };
  readonly parameters: readonly {
    readonly name: string;
    readonly description: string;
    readonly required: boolean;
    readonly default?: string;
  }[];
  readonly note: string;
}

/** Describes a control from its definition, without running any of it. */
export function summarise({ number, detector, remediation }: Control): ControlSummary {
  const { resource } = detector;
  const throughs = Object.values(detector.on).flatMap((ids) => (ids.kind === 'through' ? [ids.read] : []));
  const reads = operationsOf([
    ...Object.values(detector.reads),
    ...readsOf(remediation),
    ...throughs,
    ...(resource.list === undefined ? [] : [resource.list]),
  ]);
  const writes = unique(writesOf(remediation));
  return {
    control: number,
    title: detector.title,
    criticality: detector.criticality,
    service: resource.service,
    resourceType: resource.type,
    scope: resource.scope,
    kind: remediation.kind,
    mode: remediation.kind === 'guide' ? 'guided' : remediation.mode,
    impact: remediation.impact,
    undo: remediation.undo,
    triggers: Object.keys(detector.on).map((trigger) => {
      const [source = '', event = ''] = trigger.split(':');
      return { source: `${source}.amazonaws.com`, event };
    }),
    reads,
    writes,
    permissions: {
      read: permissionsOf(unique([...reads, ...operationsOf(resource.tags ? [resource.tags] : [])])),
      write: permissionsOf(writes).filter((action) => action !== PASS_ROLE || passesRole(remediation, writes)),
    },
    parameters: Object.entries(remediation.parameters).map(([name, { description, default: value }]) => ({
      name,
      description,
      required: value === undefined,
      ...(value ? { default: value } : {}),
    })),
    note: [detector.note, remediation.note].filter(Boolean).join(' '),
  };
}

const PASS_ROLE = 'iam:PassRole';

/** Some calls can hand a role to a service. Only a control whose calls really name one may. */
function passesRole({ parameters }: Remediation, writes: readonly OperationName[]): boolean {
  const named = Object.keys(parameters).some((name) => name.endsWith('RoleArn'));
  return writes.some(({ service, operation }) => {
    const when = PASSED_TO[`${service}.${operation}`]?.when;
    return when === 'kept' || (when === 'asked' && named);
  });
}

function readsOf(remediation: Remediation): Read<unknown>[] {
  const own = Object.values(remediation.reads);
  switch (remediation.kind) {
    case 'edit':
      return [...own, remediation.document.read];
    case 'steps':
      return [
        ...own,
        ...remediation.steps.flatMap((step) => {
          if (step.kind === 'edit') return [step.document.read];
          return step.until === undefined ? [] : [step.until.read];
        }),
      ];
    case 'guide':
      return own;
  }
}

function writesOf(remediation: Remediation): OperationName[] {
  switch (remediation.kind) {
    case 'edit':
      return documentWrites(remediation.document);
    case 'steps':
      return remediation.steps.flatMap((step) =>
        step.kind === 'edit' ? documentWrites(step.document) : [step.call, ...(step.undo ? [step.undo] : [])],
      );
    case 'guide':
      return [];
  }
}

function documentWrites({ write, remove }: { write: readonly OperationName[]; remove: OperationName | undefined }) {
  return remove === undefined ? [...write] : [...write, remove];
}

const operationsOf = (reads: readonly Read<unknown>[]): OperationName[] => unique(callsOf(reads));

function unique(operations: readonly OperationName[]): OperationName[] {
  const byName = new Map(
    operations.map(({ service, operation }) => [`${service}:${operation}`, { service, operation }]),
  );
  return [...byName.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function permissionsOf(operations: readonly OperationName[]): string[] {
  return [...new Set(operations.flatMap(({ service, operation }) => permissionsFor(service, operation)))].sort();
}
