import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, planFor, plansFor } from '../controls.ts';

const group = (ResultConfiguration: object, more: object = {}): Answers => ({
  'athena:GetWorkGroup': { WorkGroup: { Name: 'primary', Configuration: { ResultConfiguration, ...more } } },
});
const update = (ConfigurationUpdates: object) => [
  'athena:UpdateWorkGroup',
  { WorkGroup: 'primary', ConfigurationUpdates },
];
const place = { OutputLocation: 's3://results/' };
const s3 = { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } };
const removed = { RemoveEncryptionConfiguration: true };

describe('374', () => {
  it('encrypts, and enforces nothing', async () => {
    const plan = await planFor(374, 'primary', group(place));
    expect(callsOf(plan)).toEqual({
      steps: [update({ ResultConfigurationUpdates: s3 })],
      undo: [update({ ResultConfigurationUpdates: removed })],
    });
  });

  it('takes the key that was chosen', async () => {
    const plan = await planFor(374, 'primary', group(place), { parameters: { queryResultsKeyArn: 'key' } });
    const EncryptionConfiguration = { EncryptionOption: 'SSE_KMS', KmsKey: 'key' };
    expect(callsOf(plan).steps).toEqual([update({ ResultConfigurationUpdates: { EncryptionConfiguration } })]);
  });
});

describe('325', () => {
  it('keeps encryption that is there', async () => {
    const plan = await planFor(
      325,
      'primary',
      group({ ...place, EncryptionConfiguration: { EncryptionOption: 'CSE_KMS', KmsKey: 'k' } }),
    );
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan)).toEqual({
      steps: [update({ EnforceWorkGroupConfiguration: true })],
      undo: [update({ EnforceWorkGroupConfiguration: false })],
    });
  });

  it('never enforces that results are plain', async () => {
    const plan = await planFor(325, 'primary', group(place));
    expect(callsOf(plan).steps).toEqual([
      update({ EnforceWorkGroupConfiguration: true, ResultConfigurationUpdates: s3 }),
    ]);
  });

  it('is enough where Athena keeps the results', async () => {
    const plan = await planFor(325, 'primary', group({}, { ManagedQueryResultsConfiguration: { Enabled: true } }));
    expect(callsOf(plan).steps).toEqual([update({ EnforceWorkGroupConfiguration: true })]);
  });

  it('is left to a person where there is no place for results', async () => {
    const plan = await planFor(325, 'primary', group({}));
    expect(plan).toMatchObject({ steps: [] });
    expect(plan.guide[0]?.text).toContain('update-work-group --work-group primary');
  });

  it.each([325, 374])('%i takes no key of another region', async (control) => {
    const parameters = { queryResultsKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1` };
    expect(await planFor(control, 'primary', group(place), { parameters })).toMatchObject({ steps: [] });
  });

  it('makes one call together with 374', async () => {
    const plans = await plansFor([325, 374], 'primary', group(place));
    expect(plans.map((plan) => callsOf(plan).steps)).toEqual([
      [update({ EnforceWorkGroupConfiguration: true, ResultConfigurationUpdates: s3 })],
    ]);
  });
});
