import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { EnableSecurityHubCommand, GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSdkPort } from '../../src/aws/sdk-port.ts';
import { importFindings } from '../../src/export/security-hub.ts';
import { findingRecord } from '../export/records.ts';
import { ACCOUNT, connect, REGION } from './clients.ts';
import { runRedress } from './loop-driver.ts';
import { resetMoto } from './moto.ts';

const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
const hub = { account: ACCOUNT, region: REGION };
const securityHub = new SecurityHubClient({
  ...{ endpoint, region: REGION, maxAttempts: 1 },
  credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
});

let folder: string;
beforeEach(async () => {
  await resetMoto(endpoint);
  folder = await mkdtemp(join(tmpdir(), 'redress-export-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('Security Hub on the emulator', () => {
  it('has one finding for each of ours, whatever became of it since', async () => {
    await securityHub.send(new EnableSecurityHubCommand({}));
    const port = createSdkPort({ userAgent: 'redress/test' });
    await importFindings(port, [findingRecord()], hub);
    await importFindings(port, [findingRecord({ state: 'resolved' })], hub);
    const { Findings = [] } = await securityHub.send(new GetFindingsCommand({}));
    expect(Findings.map(({ Id, RecordState, Compliance }) => ({ Id, RecordState, Compliance }))).toMatchObject([
      { Id: 'redress/f-0123456789ab', RecordState: 'ARCHIVED', Compliance: { Status: 'PASSED' } },
    ]);
  });
});

describe('redress export', () => {
  const redress = (...args: string[]) => runRedress(args, { REDRESS_STATE: folder });

  it('prints what is known as one JSON list, for the account and region of the credentials', async () => {
    await connect(endpoint).s3.send(new CreateBucketCommand({ Bucket: 'acme-exports' }));
    await redress('scan', '--control', '48', '--format', 'json');
    const asff = await redress('export', '--format', 'asff');
    expect({ status: asff.status, findings: JSON.parse(asff.output) }).toMatchObject({
      status: 0,
      findings: [{ AwsAccountId: ACCOUNT, Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::acme-exports' }] }],
    });
    const ocsf = await redress('export', '--format', 'ocsf', '--state', 'proposed,waiting');
    expect(JSON.parse(ocsf.output)).toMatchObject([{ class_uid: 2003, compliance: { status_id: 3 } }]);
    const none = await redress('export', '--format', 'ocsf', '--state', 'resolved');
    expect(JSON.parse(none.output)).toEqual([]);
  });

  it('says in one line what is wrong', async () => {
    const unknown = await redress('export', '--format', 'ocsf', '--state', 'asleep');
    expect({ status: unknown.status, output: unknown.output }).toEqual({ status: 1, output: '' });
    const usage = await redress('export');
    expect({ status: usage.status, output: usage.output }).toEqual({ status: 2, output: '' });
  });
});
