import { describe, expect, it } from 'vitest';
import type { Control } from '../../src/catalogue.ts';
import { call, document, edit, type Remediation, read, steps, until } from '../../src/control.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { isSettled, planFixes } from '../../src/plan/planner.ts';
import { type Answers, controlOf, placeOf, sessionOn, settingsOf } from '../controls.ts';

/** What the planner makes of definitions that the first controls have no example of. */
const versioning = read(
  's3',
  'GetBucketVersioning',
  ({ id }) => ({ Bucket: id }),
  (out) => out.Status,
);
const answers: Answers = { 's3:GetBucketVersioning': {} };
const meta = { mode: 'approve', impact: 'none' } as const;
const put = (Status: 'Enabled' | 'Suspended') =>
  call('s3', 'PutBucketVersioning', ({ id }: { id: string }) => ({ Bucket: id, VersioningConfiguration: { Status } }));
const withoutRemove = document(versioning, { write: put('Enabled') });

const withRemediation = (remediation: Remediation): Control => ({ ...controlOf(48), remediation });
async function planOf(remediation: Remediation, ...others: Control[]): Promise<readonly Plan[]> {
  const failing = [withRemediation(remediation), ...others];
  return (await planFixes(sessionOn(answers), failing, placeOf(48, 'b'), settingsOf({}))).plans;
}

describe('a definition that fails', () => {
  const broken = edit(withoutRemove, meta, () => {
    throw new Error('this state was not thought of');
  });
  // The compiler forbids it; a value that AWS made up need not.
  const misspelt = edit(
    document(versioning, {
      write: call('s3', 'PutBucketVersioning', ({ id }) =>
        Object.assign({ Bucket: id, VersioningConfiguration: {} }, { Buckett: 1 }),
      ),
    }),
    meta,
    () => 'Enabled' as const,
  );

  it.each([
    ['throws', broken, 'No plan could be made: this state was not thought of.'],
    ['makes a call that AWS would not take', misspelt, 'PutBucketVersioning: Buckett is not a member'],
  ])('that %s gives a plan that says so, and leaves the others alone', async (_, remediation, because) => {
    const plans = await planOf(remediation, {
      ...controlOf(67),
      remediation: edit(withoutRemove, meta, () => 'Enabled'),
    });
    const [guide, fix] = [...plans].sort((a, b) => a.steps.length - b.steps.length);
    expect(plans).toHaveLength(2);
    expect(fix).toMatchObject({ kind: 'edit', controls: [67] });
    expect(guide).toMatchObject({ kind: 'guide', mode: 'guided', steps: [], undo: { class: 'none', steps: [] } });
    expect(guide?.guide[0]?.text).toContain(because);
  });
});

describe('undo', () => {
  it('of a document that was not there and cannot be removed is none', async () => {
    const [plan] = await planOf(edit(withoutRemove, meta, () => 'Enabled' as const));
    expect(plan?.undo).toEqual({ class: 'none', steps: [] });
  });

  it('of steps is as good as what can be taken back', async () => {
    const target = { document: withoutRemove, resource: controlOf(48).detector.resource, id: () => 'logs' };
    const remediation = steps(
      { ...meta, reads: { versioning } },
      ({ step, editOf }) => [
        editOf('prepare', target, () => 'Enabled' as const),
        step('do', put('Enabled'), { repeat: 'safe', undo: put('Suspended') }),
      ],
      () => ({ versioning: 'Enabled' as const }),
    );
    const [plan] = await planOf(remediation);
    expect(plan?.steps.map(({ name }) => name)).toEqual(['prepare', 'do']);
    expect(plan?.undo.class).toBe('best-effort');
    expect(plan?.undo.steps.map(({ name }) => name)).toEqual(['undo-do']);
  });
});

describe('steps', () => {
  const several = call('s3', 'PutBucketVersioning', ({ id }: { id: string }) =>
    [`${id}1`, `${id}2`].map((Bucket) => ({ Bucket, VersioningConfiguration: { Status: 'Enabled' as const } })),
  );
  const remediation = steps(
    { ...meta, reads: { versioning } },
    ({ step }) => [
      step('copy', put('Enabled'), { repeat: 'once', until: until(versioning, (status) => status === 'Enabled') }),
      step('copy-more', several, { repeat: 'safe' }),
    ],
    () => ({ versioning: 'Enabled' as const }),
  );

  it('that make several calls number them', async () => {
    const [plan] = await planOf(remediation);
    expect(plan?.steps.map(({ name, repeat, provable }) => [name, repeat, provable])).toEqual([
      ['copy', 'once', true],
      ['copy-more-1', 'safe', undefined],
      ['copy-more-2', 'safe', undefined],
    ]);
  });

  it.each([
    ['copy', false],
    ['copy-1', false],
    ['copy-more', true],
    ['copy-more-2', true],
    ['unheard-of', true],
  ])('are waited for by their own condition: %s', async (name, settled) => {
    expect(await isSettled(sessionOn(answers), withRemediation(remediation), name, placeOf(48, 'b'))).toBe(settled);
  });
});
