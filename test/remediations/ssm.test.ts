import { expect, it } from 'vitest';
import { callsOf, planFor } from '../controls.ts';

const SettingId = '/ssm/documents/console/public-sharing-permission';
const update = (SettingValue: string) => ['ssm:UpdateServiceSetting', { SettingId, SettingValue }];

it.each([
  ['Default', ['ssm:ResetServiceSetting', { SettingId }]],
  ['Customized', update('Enable')],
])('464: blocks public sharing, and goes back to what was %s', async (Status, undo) => {
  const answers = { 'ssm:GetServiceSetting': { ServiceSetting: { SettingValue: 'Enable', Status } } };
  const plan = await planFor(464, undefined, answers);
  expect(callsOf(plan)).toEqual({ steps: [update('Disable')], undo: [undo] });
  expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
});
