import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionIds, callbackIds, writeMetadata, writeTarget } from '../../approvals/ids.ts';
import { interactionSchema } from '../../approvals/interaction.ts';
import { readClick, readCommand, readHome, readSubmission, readSubmitted } from '../../approvals/requests.ts';

const target = { finding: 'f-1', digest: 'sha256:0' };

/** A value in which any part may be missing, or something else. */
const spoiled = <T extends object>(honest: T) =>
  fc.record(
    Object.fromEntries(
      Object.entries(honest).map(([key, value]) => [key, fc.oneof(fc.constant(value), fc.jsonValue())]),
    ),
    { requiredKeys: [] },
  );

const click = spoiled({
  ...{ user: { id: 'U1', team_id: 'T1' }, team: { id: 'T1' }, trigger_id: 't', response_url: 'https://example.com/r' },
  container: { channel_id: 'C1', message_ts: '1.1' },
  state: { values: { b: { [actionIds.choose]: { selected_options: [{ value: writeTarget(target) }] } } } },
  actions: [{ action_id: actionIds.approveChosen, value: writeTarget(target) }],
});
const submission = spoiled({
  ...{ user: { id: 'U1' }, team: { id: 'T1' } },
  view: {
    ...{ callback_id: callbackIds.deny, private_metadata: writeMetadata({ targets: [target], origin: null }) },
    state: { values: { reason: { reason: { value: 'no' } } } },
  },
});
const command = spoiled({ team_id: 'T1', user_id: 'U1', channel_id: 'C1', text: 'status', response_url: null });
const home = spoiled({ team_id: 'T1', event: { user: 'U1', tab: 'home' } });

describe('whatever comes, nothing throws, and what is handed over can be read back', () => {
  it.each([
    ['click', click, readClick],
    ['window', submission, (body: unknown) => readSubmission(body, readSubmitted(body)?.values ?? {})],
    ['command', command, readCommand],
    ['home', home, readHome],
  ])('%s', (_, bodies, read) => {
    fc.assert(
      fc.property(fc.oneof(bodies, fc.jsonValue()), (body) => {
        const reading = read(body);
        if (reading.kind === 'interaction') {
          expect(interactionSchema.parse(JSON.parse(JSON.stringify(reading.interaction)))).toEqual(reading.interaction);
        } else {
          expect(reading.because).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  [{ type: 'plain_text_input', value: ' why ' }, 'why'],
  [{ type: 'plain_text_input', value: null }, undefined],
  [{ type: 'datepicker', selected_date: '2027-01-01' }, '2027-01-01'],
  [{ type: 'users_select', selected_user: 'U2' }, 'U2'],
  [{ type: 'static_select', selected_option: { value: 'later' } }, 'later'],
  [{ type: 'static_select', selected_option: null }, undefined],
])('reads %j as %j', (field, value) => {
  const view = { callback_id: 'x', state: { values: { block: { field } } } };
  expect(readSubmitted({ user: { id: 'U1' }, view })?.values.field).toBe(value);
});

it('takes the workspace of the person where an organisation names none', () => {
  const body = {
    ...{ user: { id: 'U1', team_id: 'T2' }, team: null, trigger_id: 't' },
    container: { channel_id: 'C1', message_ts: '1.1' },
    actions: [{ action_id: actionIds.approve, value: writeTarget(target) }],
  };
  expect(readClick(body)).toMatchObject({ interaction: { actor: { user: 'U1', team: 'T2', home: 'T2' } } });
});
