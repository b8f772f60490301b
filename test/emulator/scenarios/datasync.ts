import {
  CreateLocationSmbCommand,
  CreateTaskCommand,
  type CreateTaskCommandInput,
  DescribeTaskCommand,
} from '@aws-sdk/client-datasync';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const GROUP = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/datasync`;

async function made({ datasync }: Aws, more: Partial<CreateTaskCommandInput>) {
  const location = async (ServerHostname: string) => {
    const { LocationArn } = await datasync.send(
      new CreateLocationSmbCommand({
        ...{ ServerHostname, Subdirectory: '/share', User: 'copy', Password: 'Passw0rd-Passw0rd' },
        AgentArns: [`arn:aws:datasync:${REGION}:${ACCOUNT}:agent/agent-0123456789abcdef0`],
      }),
    );
    return LocationArn;
  };
  const { TaskArn: id = '' } = await datasync.send(
    new CreateTaskCommand({
      SourceLocationArn: await location('old.example.com'),
      DestinationLocationArn: await location('new.example.com'),
      Name: 'nightly',
      ...more,
    }),
  );
  return { id, event: event('datasync:CreateTask', {}, { responseElements: { taskArn: id } }) };
}

async function state({ datasync }: Aws, id: string) {
  // The emulator forgets the name with every change that does not say it again.
  const { Name, Options, CloudWatchLogGroupArn } = await datasync.send(new DescribeTaskCommand({ TaskArn: id }));
  return { Name, Options: { ...Options }, CloudWatchLogGroupArn };
}

export const datasync = [
  scenario({
    control: 446,
    off: [447],
    arrange: (aws) => made(aws, { CloudWatchLogGroupArn: GROUP, Options: { LogLevel: 'OFF', OverwriteMode: 'NEVER' } }),
    state,
    expected: (before) => ({ ...before, Options: { ...before.Options, LogLevel: 'BASIC' as const } }),
  }),
  scenario({
    control: 447,
    off: [446],
    arrange: (aws) => made(aws, { Options: { VerifyMode: 'POINT_IN_TIME_CONSISTENT', OverwriteMode: 'NEVER' } }),
    state,
    expected: (before) => ({
      ...before,
      Options: { ...before.Options, VerifyMode: 'ONLY_FILES_TRANSFERRED' as const },
    }),
  }),
];
