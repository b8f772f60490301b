import { describe, expect, test } from 'vitest';
import { createBench } from './bench.ts';
import { approve, auto, because, hour, state, waiting } from './stories.ts';

describe('exemptions', () => {
  const exemption = {
    control: 1,
    resource: 'arn:aws:test:::b*',
    owner: 'data',
    reason: 'scratch',
    until: '2026-11-30',
    by: 'config',
  };

  test('an exempted finding is accepted until its day is over, and then asked about', async () => {
    const bench = createBench();
    bench.settings = { exemptions: [exemption] };
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    expect([await state(bench), await because(bench)]).toEqual([
      'exempted',
      'accepted for data until 2026-11-30: scratch',
    ]);
    bench.clock.pass(7 * 24 * hour);
    await bench.idle();
    expect(await state(bench)).toBe('exempted');
    bench.clock.pass(14 * hour);
    await bench.idle();
    expect(await state(bench)).toBe('waiting');
  });

  test('one that is over has no effect, one for another resource neither', async () => {
    const bench = createBench();
    bench.settings = {
      exemptions: [
        { ...exemption, until: '2026-11-22' },
        { ...exemption, resource: 'arn:aws:test:::c' },
        { ...exemption, control: 2 },
      ],
    };
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    expect(await state(bench)).toBe('waiting');
  });

  test('one that ends on no date stops everything rather than nothing', async () => {
    const bench = createBench();
    bench.settings = { exemptions: [{ ...exemption, until: 'soon' }] };
    bench.world.change('b', { versioning: 'off' });
    await expect(bench.scan('b', [1])).rejects.toThrow(/'soon', which is no date/);
  });

  test('a merged plan is made again without the exempted control', async () => {
    const bench = createBench();
    bench.settings = { exemptions: [exemption] };
    bench.policy = auto;
    bench.world.change('b', { versioning: 'off', encryption: 'none' });
    await bench.scan('b', [1, 2]);
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'off', encryption: 'kms' });
    expect([await state(bench), await state(bench, 'f-2-b')]).toEqual(['exempted', 'resolved']);
  });

  test('exempted after the yes, it is not fixed; the rest of the plan is asked about anew', async () => {
    const bench = await waiting([1, 2]);
    await approve(bench, 'f-1-b');
    await bench.workflow.decide({
      finding: 'f-1-b',
      decision: 'exempt',
      by: 'alice',
      owner: 'data',
      reason: 'r',
      until: '2026-12-31',
    });
    await bench.idle();
    expect([await state(bench), await state(bench, 'f-2-b'), bench.world.sent]).toEqual(['exempted', 'waiting', []]);
    await approve(bench, 'f-2-b');
    await bench.idle();
    expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'off', encryption: 'kms' });
  });

  test('an exemption that the configuration gets after the yes holds, too', async () => {
    const bench = await waiting();
    await approve(bench, 'f-1-b');
    bench.settings = { exemptions: [exemption] };
    await bench.idle();
    expect([await state(bench), bench.world.sent]).toEqual(['exempted', []]);
  });

  test('taken out of the configuration, the finding is asked about at the next scan', async () => {
    const bench = createBench();
    bench.settings = { exemptions: [exemption] };
    bench.world.change('b', { versioning: 'off' });
    await bench.scan('b', [1]);
    bench.settings = {};
    await bench.scan('b', [1]);
    expect(await state(bench)).toBe('waiting');
  });
});
