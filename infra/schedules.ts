import { Aws, type Stack } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Functions } from './functions.ts';
import { type FunctionName, hubName } from './names.ts';

export const SCHEDULE_GROUP = 'redress';

interface Clock {
  readonly name: FunctionName;
  readonly minutes: number;
  /** Within how many minutes a call may come. None: on the minute. */
  readonly windowMinutes: number | undefined;
  readonly why: string;
}

const clocks: readonly Clock[] = [
  { name: 'worker', minutes: 1, windowMinutes: undefined, why: 'Timers, retries, and work of workers that died' },
  { name: 'decisions', minutes: 1, windowMinutes: undefined, why: 'Notices that are tried again' },
  { name: 'sweep', minutes: 5, windowMinutes: 4, why: 'The next parts of a sweep' },
];

/** The clock: calls that come by themselves. What it could not call is laid aside, and an alarm tells. */
export function schedules(stack: Stack, functions: Functions, undelivered: IQueue): void {
  const group = new CfnScheduleGroup(stack, 'Clock', { name: SCHEDULE_GROUP });
  const called = clocks.flatMap((clock) => {
    const target = functions.get(clock.name);
    return target === undefined ? [] : [{ clock, arn: target.functionArn }];
  });
  // The clock says which group it calls for, never which schedule of it.
  const groupArn = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: SCHEDULE_GROUP });
  const role = new Role(stack, 'ClockRole', {
    description: 'Lets the clock call the functions of Redress',
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, ArnEquals: { 'aws:SourceArn': groupArn } },
    }),
    inlinePolicies: {
      Own: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'Call',
            effect: Effect.ALLOW,
            actions: ['lambda:InvokeFunction'],
            resources: called.map(({ arn }) => arn),
          }),
          new PolicyStatement({
            sid: 'LayAside',
            effect: Effect.ALLOW,
            actions: ['sqs:SendMessage'],
            resources: [undelivered.queueArn],
          }),
        ],
      }),
    },
  });
  for (const { clock, arn } of called) {
    const { name, minutes, windowMinutes, why } = clock;
    const schedule = new CfnSchedule(stack, `${hubName(name)}Clock`, {
      name: hubName(name),
      groupName: SCHEDULE_GROUP,
      description: why,
      scheduleExpression: `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`,
      flexibleTimeWindow:
        windowMinutes === undefined ? { mode: 'OFF' } : { mode: 'FLEXIBLE', maximumWindowInMinutes: windowMinutes },
      target: {
        arn,
        roleArn: role.roleArn,
        input: JSON.stringify({ tick: true }),
        deadLetterConfig: { arn: undelivered.queueArn },
        // The next call does what this one did not.
        retryPolicy: { maximumEventAgeInSeconds: 60 * minutes, maximumRetryAttempts: 1 },
      },
    });
    schedule.addResourceDependency(group);
  }
}
