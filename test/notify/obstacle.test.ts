import { expect, it } from 'vitest';
import type { Request } from '../../src/aws/port.ts';
import { awsNotifier, terminalNotifier } from '../../src/notify.ts';
import type { ObstacleRecord } from '../../src/store/records.ts';

const home = { account: '111122223333', region: 'eu-west-1' };
const met: ObstacleRecord = {
  ...{ id: '444455556666/RedressRead', revision: 1, account: '444455556666' },
  ...{ because: 'the role RedressRead cannot be taken', mend: 'deploy the member stack' },
  ...{ since: '2026-11-23T10:00:00.000Z', seenAt: '2026-11-23T10:00:00.000Z', goneAt: null },
};
const gone: ObstacleRecord = { ...met, revision: 2, goneAt: '2026-11-23T11:00:00.000Z' };

it.each([
  [met, 'Redress Account Obstacle', 'Redress: account 444455556666 cannot be entered'],
  [gone, 'Redress Account Obstacle Gone', 'Redress: account 444455556666 can be entered again'],
])('bus and topic are told of an obstacle', async (record, DetailType, Subject) => {
  const sent: Request[] = [];
  const port = {
    send: async (request: Request) => {
      sent.push(request);
      return { output: { FailedEntryCount: 0 }, requestId: undefined };
    },
  };
  const topicArn = 'arn:aws:sns:eu-west-1:111122223333:notices';
  await awsNotifier(port, { bus: 'redress', topicArn }, home).obstacle?.(record);
  expect(sent.map(({ input }) => input)).toMatchObject([{ Entries: [{ DetailType, Source: 'redress' }] }, { Subject }]);
});

it('the terminal says it in one line', async () => {
  const lines: string[] = [];
  await terminalNotifier({ write: (line) => lines.push(line) }).obstacle?.(met);
  expect(lines).toEqual([
    expect.stringMatching(/account 444455556666 cannot be entered: .*deploy the member stack\n$/),
  ]);
});
