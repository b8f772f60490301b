import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asJson, digestOf, findingId, isIntact, sealed } from '../../src/plan/digest.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planFor } from '../controls.ts';

const plan = () => planFor(48, 'b', { 's3:GetBucketVersioning': {} });

describe('digests', () => {
  it('do not depend on the order of keys, but on everything else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(digestOf(turned)).toBe(digestOf(value));
        expect(digestOf({ ...value, more: 1 })).not.toBe(digestOf({ ...value, more: 2 }));
      }),
    );
    expect(digestOf(['a', 'b'])).not.toBe(digestOf(['b', 'a']));
    expect(digestOf(undefined)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('a finding is a control on a resource and nothing else', () => {
    expect(findingId(48, 'arn:aws:s3:::b')).toBe(findingId(48, 'arn:aws:s3:::b'));
    expect(findingId(48, 'arn:aws:s3:::b')).toMatch(/^f-[0-9a-f]{12}$/);
    expect(findingId(4, '8 x')).not.toBe(findingId(48, ' x'));
    expect(findingId(48, 'arn:aws:s3:::b')).not.toBe(findingId(47, 'arn:aws:s3:::b'));
  });

  it('asJson is what storing and reading again gives', () => {
    const value = { when: new Date(0), not: undefined, list: [undefined], deep: { on: true } };
    expect(asJson(value)).toEqual({ when: '1970-01-01T00:00:00.000Z', list: [null], deep: { on: true } });
    expect(asJson(undefined)).toBeNull();
  });
});

describe('a plan', () => {
  it('carries the start of its digest as its id', async () => {
    const { id, digest, ...content } = await plan();
    expect(digest.startsWith(`sha256:${id.slice(2)}`)).toBe(true);
    expect(sealed(content)).toEqual({ id, digest, ...content });
  });

  it('is intact after being stored', async () => {
    const made = await plan();
    expect(isIntact(made)).toBe(true);
    expect(isIntact(JSON.parse(JSON.stringify(made)))).toBe(true);
  });

  it('is not intact once anything in it was edited, down to every single member', async () => {
    const made = await plan();
    for (const name of Object.keys(made))
      expect([name, isIntact({ ...made, [name]: 'edited' })]).toEqual([name, false]);
    const edited: Plan[] = [
      { ...made, mode: 'auto' },
      { ...made, steps: made.steps.map((step) => ({ ...step, input: { ...step.input, Bucket: 'c' } })) },
      { ...made, steps: [...made.steps, ...made.steps] },
      { ...made, undo: { ...made.undo, steps: [] } },
      { ...made, resource: { ...made.resource, account: '999988887777' } },
      { ...made, permissions: [...made.permissions, 's3:*'] },
      { ...made, missing: ['x'] },
      Object.assign({}, made, { extra: true }),
    ];
    expect(edited.filter(isIntact)).toEqual([]);
  });
});
