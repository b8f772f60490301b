import { describe, expect, it } from 'vitest';
import { type Answer, awsError, controlOf, judge } from '../controls.ts';

const group = (Configuration: object) => ({ WorkGroup: { Name: 'primary', Configuration } });
const spark = group({ EngineVersion: { EffectiveEngineVersion: 'PySpark engine version 3' } });

function table(number: number, rows: readonly (readonly [string, Answer, string])[]) {
  it.each(rows)('%s', async (_, answer, expected) => {
    expect(await judge(number, 'primary', { 'athena:GetWorkGroup': answer })).toBe(expected);
  });
}

describe.each([325, 374])('%i, as every control of work groups', (number) => {
  table(number, [
    ['gone', awsError('InvalidRequestException'), 'skip: primary does not exist (any more)'],
    ['denied', awsError('AccessDeniedException'), 'unknown: athena:GetWorkGroup was denied; allow athena:GetWorkGroup'],
    ['Spark', spark, 'skip: the work group runs Spark, which has no such settings'],
  ]);
});

describe('325 and 374', () => {
  table(325, [
    ['nothing said', group({}), 'fail: clients may override the settings'],
    ['not', group({ EnforceWorkGroupConfiguration: false }), 'fail: clients may override the settings'],
    ['enforced', group({ EnforceWorkGroupConfiguration: true }), 'pass'],
  ]);
  const by = (EncryptionOption: string) =>
    group({ ResultConfiguration: { EncryptionConfiguration: { EncryptionOption } } });
  table(374, [
    ['nothing said', group({}), 'fail: results are written without encryption'],
    [
      'a place only',
      group({ ResultConfiguration: { OutputLocation: 's3://b/' } }),
      'fail: results are written without encryption',
    ],
    ['kept by Athena', group({ ManagedQueryResultsConfiguration: { Enabled: true } }), 'pass'],
    ...['SSE_S3', 'SSE_KMS', 'CSE_KMS'].map((one) => [one, by(one), 'pass'] as const),
  ]);
});

it('325 closes when the resource is deleted', () => {
  const trigger = controlOf(325).detector.on['athena:DeleteWorkGroup'];
  expect(trigger?.kind === 'paths' && trigger.paths).toContain('requestParameters.workGroup');
});
