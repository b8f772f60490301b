import { expect, it } from 'vitest';
import { type Answer, awsError, judge } from '../controls.ts';

const shared = 'fail: SSM documents can be shared with everyone in this region';
const setting = (SettingValue: string, Status = 'Customized') => ({ ServiceSetting: { SettingValue, Status } });

it.each<[string, Answer, string]>([
  ['blocked', setting('Disable'), 'pass'],
  ['allowed', setting('Enable'), shared],
  ['never touched', setting('Enable', 'Default'), shared],
  ['on its way', setting('Disable', 'PendingUpdate'), 'fail: the block is not in force yet: AWS is at it'],
  ['unknown here', awsError('ServiceSettingNotFound'), 'skip: this region does not know the setting'],
  [
    'denied',
    awsError('AccessDeniedException'),
    'unknown: ssm:GetServiceSetting was denied; allow ssm:GetServiceSetting',
  ],
])('464: %s', async (_, answer, expected) => {
  expect(await judge(464, undefined, { 'ssm:GetServiceSetting': answer })).toBe(expected);
});
