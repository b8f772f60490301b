import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { Evaluation, Plan, PlannedCall, ResourceRef } from '../../src/plan/plan.ts';
import type { Assessment, CallResult, Permit, Remediator } from '../../src/workflow/remediator.ts';

/** A piece of state, as the controls of this world look at it. */
export interface Doc {
  readonly versioning: 'on' | 'off';
  readonly encryption: 'kms' | 'none';
  readonly copies: number;
  readonly active: 'original' | 'copy' | 'theirs';
  /** What nobody's control is about: other people's work. */
  readonly note: string;
}

export const goodDoc: Doc = { versioning: 'on', encryption: 'kms', copies: 0, active: 'original', note: '' };

/** Controls 1 and 2 edit one document, 3 takes several calls, 4 is for a person, 5 is one call that must not be repeated. */
export const controls = [1, 2, 3, 4, 5] as const;

export interface SentCall {
  readonly name: string;
  readonly operation: string;
  readonly purpose: 'apply' | 'undo';
}

/** An AWS of a few documents that tests can spoil, slow down and break. */
export interface World {
  readonly docs: Map<string, Doc>;
  readonly sent: SentCall[];
  readonly remediator: Remediator;
  readonly resource: (id: string) => ResourceRef;
  readonly finding: (control: number, id: string) => string;
  /** Changes a document behind Redress's back. */
  readonly change: (id: string, change: Partial<Doc>) => void;
  /** May throw, or return `ignored` for a call that AWS answers and does not do. */
  onSend: (call: PlannedCall) => 'done' | 'ignored';
  /** Runs before every read. */
  onRead: (what: 'assess' | 'observe' | 'settled') => void;
  settled: boolean;
  /** The part of the state that a call writes as a whole, by the call's name. */
  documents: Readonly<Record<string, keyof Doc>>;
  /** Controls that cannot be judged now. */
  unread: readonly number[];
  dryRun: boolean;
  mode: Plan['mode'];
  missing: readonly string[];
  undoClass: Plan['undo']['class'];
}

const failing: Readonly<Record<number, (doc: Doc) => string | undefined>> = {
  1: (doc) => (doc.versioning === 'on' ? undefined : 'versioning is off'),
  2: (doc) => (doc.encryption === 'kms' ? undefined : 'nothing is encrypted'),
  3: (doc) => (doc.active === 'copy' ? undefined : 'the original is in use'),
  4: (doc) => (doc.note === 'reviewed' ? undefined : 'nobody has reviewed it'),
  5: (doc) => (doc.copies > 0 ? undefined : 'there is no copy'),
};

export const edits = [1, 2];

export function createWorld(): World {
  const docs = new Map<string, Doc>();
  const permits = new Map<Permit, 'apply' | 'undo'>();
  const docOf = (id: string): Doc => docs.get(id) ?? goodDoc;
  const resource = (id: string): ResourceRef => ({
    type: 'AWS::Test::Thing',
    id,
    arn: `arn:aws:test:::${id}`,
    partition: 'aws',
    account: '123456789012',
    region: 'us-east-1',
    scope: 'resource',
  });
  const finding = (control: number, id: string): string => `f-${control}-${id}`;

  const evaluate = (control: number, id: string): Evaluation => {
    const because = failing[control]?.(docOf(id));
    return {
      control,
      finding: finding(control, id),
      ...(world.unread.includes(control)
        ? { verdict: 'unknown', because: 'Throttled' }
        : { verdict: because === undefined ? 'pass' : 'fail', because: because ?? '' }),
      title: `Control ${control}`,
      criticality: 'HIGH',
      resource: resource(id),
    };
  };

  const call = (name: string, operation: string, input: object, repeat: PlannedCall['repeat']): PlannedCall => ({
    ...{ name, service: 'test', operation, region: 'us-east-1', input, repeat },
  });

  const plan = (id: string, numbers: readonly number[], rest: Partial<Plan>): Plan => {
    const body = {
      controls: numbers,
      findings: numbers.map((number) => finding(number, id)),
      resource: resource(id),
      criticality: 'HIGH' as const,
      titles: numbers.map((number) => `Control ${number}`),
      kind: 'edit' as const,
      mode: world.mode,
      impact: 'none',
      steps: [],
      cli: [],
      before: docOf(id),
      after: docOf(id),
      undo: { class: world.undoClass, steps: [] },
      permissions: [],
      missing: world.missing,
      guide: [],
      locks: [`doc ${id}`],
      ...rest,
    };
    const hash = createHash('sha256').update(stringify(body)).digest('hex');
    return { ...body, id: `p-${hash.slice(0, 12)}`, digest: `sha256:${hash}` };
  };

  const plansFor = (id: string, numbers: readonly number[]): Plan[] => {
    const doc = docOf(id);
    const edited = numbers.filter((number) => edits.includes(number));
    const plans: Plan[] = [];
    if (edited.length > 0) {
      const after: Doc = {
        ...doc,
        versioning: edited.includes(1) ? 'on' : doc.versioning,
        encryption: edited.includes(2) ? 'kms' : doc.encryption,
      };
      plans.push(
        plan(id, edited, {
          after,
          steps: [call('write', 'PutDoc', { id, doc: after }, 'safe')],
          undo: {
            class: world.undoClass,
            steps: world.undoClass === 'none' ? [] : [call('undo-write', 'PutDoc', { id, doc }, 'safe')],
          },
        }),
      );
    }
    if (numbers.includes(3)) {
      plans.push(
        plan(id, [3], {
          kind: 'steps',
          after: { ...doc, copies: doc.copies + 1, active: 'copy' },
          steps: [
            call('copy', 'CreateCopy', { id }, 'once'),
            call('swap', 'Activate', { id, which: 'copy', copy: 'ref:copy/CopyId' }, 'safe'),
          ],
          undo: {
            class: 'exact',
            steps: [
              call('undo-swap', 'Activate', { id, which: 'original' }, 'safe'),
              call('undo-copy', 'DeleteCopy', { id }, 'once'),
            ],
          },
        }),
      );
    }
    if (numbers.includes(4)) {
      plans.push(plan(id, [4], { kind: 'guide', mode: 'guided', guide: [{ text: 'Have it reviewed.' }], locks: [] }));
    }
    if (numbers.includes(5)) {
      plans.push(
        plan(id, [5], {
          kind: 'steps',
          after: { ...doc, copies: doc.copies + 1 },
          steps: [call('copy', 'CreateCopy', { id }, 'once')],
          undo: { class: 'exact', steps: [call('undo-copy', 'DeleteCopy', { id }, 'once')] },
        }),
      );
    }
    return plans;
  };

  let requests = 0;
  const perform = ({ operation, input }: PlannedCall): CallResult => {
    const { id, doc, which } = input as { id: string; doc?: Doc; which?: Doc['active'] };
    const current = docOf(id);
    if (operation === 'PutDoc' && doc) docs.set(id, doc);
    if (operation === 'CreateCopy') docs.set(id, { ...current, copies: current.copies + 1 });
    if (operation === 'DeleteCopy') docs.set(id, { ...current, copies: current.copies - 1 });
    if (operation === 'Activate' && which) docs.set(id, { ...current, active: which });
    requests += 1;
    return { requestId: `r-${requests}`, output: operation === 'CreateCopy' ? { CopyId: `c-${requests}` } : {} };
  };

  const world: World = {
    docs,
    sent: [],
    resource,
    finding,
    change: (id, change) => docs.set(id, { ...docOf(id), ...change }),
    onSend: () => 'done',
    onRead: () => {},
    settled: true,
    documents: {},
    unread: [],
    dryRun: false,
    mode: 'approve',
    missing: [],
    undoClass: 'exact',
    remediator: {
      assess: async ({ id }, numbers): Promise<Assessment> => {
        world.onRead('assess');
        const evaluations = numbers.map((number) => evaluate(number, id));
        const bad = evaluations.filter(({ verdict }) => verdict === 'fail').map(({ control }) => control);
        return { evaluations, plans: plansFor(id, bad) };
      },
      observe: async ({ resource: { id } }) => {
        world.onRead('observe');
        return docOf(id);
      },
      permit: ({ id }, purpose) => {
        if (world.dryRun) throw new Error('dry-run: nothing may be written');
        const permit: Permit = { planId: id };
        permits.set(permit, purpose);
        return permit;
      },
      send: async (permit, { id }, one, outputs) => {
        const purpose = permits.get(permit);
        if (purpose === undefined || permit.planId !== id) throw new Error('no permit');
        if (one.name === 'swap' && !Object.hasOwn(outputs, 'copy')) throw new Error('the copy is unknown');
        const how = world.onSend(one);
        world.sent.push({ name: one.name, operation: one.operation, purpose });
        return how === 'done' ? perform(one) : { requestId: 'r-ignored', output: {} };
      },
      documentOf: async (_plan, { name }) => world.documents[name],
      settled: async () => {
        world.onRead('settled');
        return world.settled;
      },
    },
  };
  return world;
}
