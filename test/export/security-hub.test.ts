import { describe, expect, it } from 'vitest';
import type { AwsPort, Request } from '../../src/aws/port.ts';
import { importFindings, securityHubNotifier } from '../../src/export/security-hub.ts';
import type { LifecycleEvent } from '../../src/workflow/notifier.ts';
import { findingRecord } from './records.ts';

const hub = { account: '123456789012', region: 'eu-central-1' };
const event: LifecycleEvent = {
  ...{ id: 'f-0123456789ab:2:0', type: 'waiting', at: '2026-11-23T10:00:10.000Z', finding: 'f-0123456789ab' },
  ...{ control: 48, arn: 'arn:aws:s3:::invoices', account: '210987654321', region: 'eu-west-1' },
  ...{ plan: 'p-1', by: 'redress', because: 'waits for a yes' },
};

/** A Security Hub that remembers what it was sent. */
function stub(output: Readonly<Record<string, unknown>> = { SuccessCount: 1, FailedCount: 0 }) {
  const sent: Request[] = [];
  const port: Pick<AwsPort, 'send'> = {
    send: async (request) => {
      sent.push(request);
      return { output, requestId: 'r-1' };
    },
  };
  const sizes = () =>
    sent.map(({ input }) => ('Findings' in input && Array.isArray(input.Findings) ? input.Findings.length : 0));
  return { port, sent, sizes };
}

describe('Security Hub', () => {
  it('is told of each step, as the finding stands then, in the account and region of the hub', async () => {
    const { port, sent } = stub();
    const notifier = securityHubNotifier(port, hub);
    await notifier.changed(findingRecord(), [event]);
    const resolved = findingRecord({ state: 'resolved', record: { revision: 3 } });
    await notifier.changed(resolved, [{ ...event, id: 'f-0123456789ab:3:0', type: 'resolved' }]);
    expect(sent.map(({ target, service, operation }) => ({ target, service, operation }))).toEqual([
      { target: hub, service: 'securityhub', operation: 'BatchImportFindings' },
      { target: hub, service: 'securityhub', operation: 'BatchImportFindings' },
    ]);
    expect(sent[1]?.input).toMatchObject({ Findings: [{ RecordState: 'ARCHIVED' }] });
  });

  it('is told once of steps that came together, and not of what is no step', async () => {
    const { port, sent } = stub();
    const notifier = securityHubNotifier(port, hub);
    await notifier.changed(findingRecord(), [event, { ...event, id: 'f-0123456789ab:2:1' }]);
    await notifier.changed(findingRecord(), []);
    expect(sent).toHaveLength(1);
  });

  it('is told again when it did not take a finding, although it answered', async () => {
    const FailedFindings = [
      { Id: 'redress/f-0123456789ab', ErrorCode: 'InvalidInput', ErrorMessage: 'no such product' },
    ];
    const refusing = stub({ SuccessCount: 0, FailedCount: 1, FailedFindings });
    const notifier = securityHubNotifier(refusing.port, hub);
    await expect(notifier.changed(findingRecord(), [event])).rejects.toThrow(
      'Security Hub did not take redress/f-0123456789ab: InvalidInput: no such product',
    );
    await expect(notifier.changed(findingRecord(), [event])).rejects.toThrow();
    expect(refusing.sent).toHaveLength(2);
  });

  it('takes no more than a hundred at once', async () => {
    const { port, sizes } = stub();
    await importFindings(
      port,
      Array.from({ length: 250 }, () => findingRecord()),
      hub,
    );
    expect(sizes()).toEqual([100, 100, 50]);
  });
});
