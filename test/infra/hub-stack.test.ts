import { describe, expect, it } from 'vitest';
import { variables } from '../../src/lambda/environment.ts';
import { tableDefinition } from '../../src/store/dynamodb-table.ts';
import { finder, mentioned, type Resource, reader, stacks, statementsOf } from './stacks.ts';

const { hub } = stacks();
const resources = reader(hub);
const soleResource = finder(resources);
const queueNamed = (name: string): Resource =>
  soleResource('AWS::SQS::Queue', ({ properties }) => properties.QueueName === name);
const functionNamed = (name: string): Resource =>
  soleResource('AWS::Lambda::Function', ({ properties }) => properties.FunctionName === name);
const key = soleResource('AWS::KMS::Key');

describe('the buses', () => {
  it('let only forwarding roles of the organization send', () => {
    const { properties } = soleResource('AWS::Events::EventBusPolicy');
    expect(properties.Statement).toMatchObject({
      Principal: '*',
      Action: 'events:PutEvents',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
    });
    expect(JSON.stringify(properties.Statement.Condition.ArnLike)).toContain(':iam::*:role/RedressForward-*');
  });

  it('are encrypted, and lay aside what they cannot encrypt in a queue that needs no key of ours', () => {
    const undelivered = queueNamed('redress-undelivered');
    for (const { properties } of resources('AWS::Events::EventBus')) {
      expect(mentioned(properties.KmsKeyIdentifier)).toEqual([key.id]);
      expect(mentioned(properties.DeadLetterConfig)).toEqual([undelivered.id]);
    }
    expect(undelivered.properties).toMatchObject({ SqsManagedSseEnabled: true });
    expect(undelivered.properties.KmsMasterKeyId).toBeUndefined();
  });

  it('lead every watched event to the queue, by rules that EventBridge takes, each with a dead-letter queue', () => {
    const rules = resources('AWS::Events::Rule');
    expect(rules.length).toBeGreaterThan(1);
    for (const { properties } of rules) {
      expect(JSON.stringify(properties.EventPattern).length).toBeLessThanOrEqual(2048);
      expect(mentioned(properties.EventBusName)).toEqual([soleResource('AWS::Events::EventBus', isEventsBus).id]);
      for (const target of properties.Targets) {
        expect(mentioned(target.Arn)).toEqual([queueNamed('redress-events').id]);
        expect(mentioned(target.DeadLetterConfig)).toEqual([queueNamed('redress-undelivered').id]);
      }
    }
  });

  it('keep no archive unless asked to', () => {
    expect(resources('AWS::Events::Archive')).toEqual([]);
  });
});
const isEventsBus = ({ properties }: Resource): boolean => properties.Name === 'redress-events';

describe('the queues', () => {
  it('are encrypted, and every one that is worked on has a dead-letter queue of its kind', () => {
    for (const { properties } of resources('AWS::SQS::Queue')) {
      expect(properties.KmsMasterKeyId !== undefined || properties.SqsManagedSseEnabled === true).toBe(true);
      expect(properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
    }
    for (const name of ['redress-events', 'redress-resources.fifo']) {
      const { properties } = queueNamed(name);
      const dead = resources('AWS::SQS::Queue').find(({ id }) => mentioned(properties.RedrivePolicy).includes(id));
      expect(dead?.properties.FifoQueue).toBe(properties.FifoQueue);
      expect(properties.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
    }
  });

  it('take TLS only', () => {
    const policies = resources('AWS::SQS::QueuePolicy');
    for (const { id } of resources('AWS::SQS::Queue')) {
      const own = policies.filter(({ properties }) => mentioned(properties.Queues).includes(id));
      expect(own.flatMap(({ properties }) => statementsOf(properties.PolicyDocument))).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });

  it('of resources are FIFO for high throughput, delayed by the settling time of the configuration', () => {
    expect(queueNamed('redress-resources.fifo').properties).toMatchObject({
      ...{ FifoQueue: true, DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' },
      DelaySeconds: 15,
    });
  });

  it.each([
    ['redress-events', 'RedressIntake'],
    ['redress-resources.fifo', 'RedressWorker'],
  ])('%s hides a message six times as long as %s may run', (queue, name) => {
    const { Timeout } = functionNamed(name).properties;
    expect(queueNamed(queue).properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
  });
});

describe('the table', () => {
  const { properties } = soleResource('AWS::DynamoDB::Table');

  it('is the one that the store expects', () => {
    const { TableName, StreamSpecification, AttributeDefinitions, ...wanted } = tableDefinition('redress-state');
    expect(properties).toMatchObject({ TableName, StreamSpecification: { StreamViewType: 'NEW_IMAGE' } });
    expect(properties).toMatchObject(wanted);
    expect(properties.AttributeDefinitions).toEqual(expect.arrayContaining(AttributeDefinitions));
    expect(properties.AttributeDefinitions).toHaveLength(AttributeDefinitions.length);
    expect(properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expires', Enabled: true });
  });

  it('can be restored to any second, is encrypted, and stays when the stack goes', () => {
    expect(properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
    expect(properties.SSESpecification).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
    expect(properties.DeletionProtectionEnabled).toBe(true);
  });
});

describe('the functions', () => {
  const all = resources('AWS::Lambda::Function');

  it('are five, small computers of the newer kind, each with its own role and places kept for it', () => {
    expect(all.map(({ properties }) => properties.FunctionName).sort()).toEqual(
      ['decisions', 'intake', 'slack', 'sweep', 'worker'].map(
        (name) => `Redress${name[0]?.toUpperCase()}${name.slice(1)}`,
      ),
    );
    for (const { properties } of all) {
      expect(properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs22.x', Handler: 'index.handler' });
      expect(properties.ReservedConcurrentExecutions).toBeGreaterThan(0);
      expect(properties.TracingConfig).toEqual({ Mode: 'Active' });
    }
    expect(new Set(all.flatMap(({ properties }) => mentioned(properties.Role))).size).toBe(all.length);
  });

  it('are told no name that they do not know, and everything that each needs', () => {
    const known: readonly string[] = Object.values(variables);
    for (const { properties } of all) {
      const names = Object.keys(properties.Environment.Variables);
      expect(names.filter((name) => !known.includes(name))).toEqual([]);
      expect(names).toEqual(expect.arrayContaining([variables.table, variables.bus, variables.topicArn]));
    }
    const has = (name: string, variable: string): boolean =>
      functionNamed(name).properties.Environment.Variables[variable] !== undefined;
    expect(
      has('RedressIntake', variables.resourcesQueueUrl) && has('RedressIntake', variables.eventsDeadLetterUrl),
    ).toBe(true);
    expect(has('RedressWorker', variables.externalId) && has('RedressSweep', variables.externalId)).toBe(true);
    expect(has('RedressSlack', variables.externalId)).toBe(false);
  });

  it('log into groups that are encrypted and forget after a time', () => {
    const groups = resources('AWS::Logs::LogGroup');
    for (const { properties } of groups) {
      expect(properties.RetentionInDays).toBe(90);
      expect(mentioned(properties.KmsKeyId)).toEqual([key.id]);
    }
    for (const { properties } of all) {
      expect(groups.map(({ id }) => id)).toEqual(expect.arrayContaining([...mentioned(properties.LoggingConfig)]));
    }
  });

  it('take from queues in parts that can fail by themselves, within their own places', () => {
    const fromQueues = resources('AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => properties.ScalingConfig,
    );
    expect(fromQueues).toHaveLength(2);
    for (const { properties } of fromQueues) {
      const [name] = mentioned(properties.FunctionName);
      const places = all.find(({ id }) => id === name)?.properties.ReservedConcurrentExecutions;
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
      expect(properties.ScalingConfig.MaximumConcurrency).toBeLessThanOrEqual(places);
    }
    const fifo = fromQueues.find(
      ({ properties }) => mentioned(properties.EventSourceArn)[0] === queueNamed('redress-resources.fifo').id,
    );
    expect(fifo?.properties.BatchSize).toBeLessThanOrEqual(10);
    expect(fifo?.properties.MaximumBatchingWindowInSeconds).toBeUndefined();
  });

  it('are woken by effects of their lanes that nobody holds, and by nothing else of the table', () => {
    const fromStream = resources('AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => properties.StartingPosition,
    );
    const lanes = fromStream.map(({ properties }) => {
      expect(properties).toMatchObject({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 2 });
      expect(mentioned(properties.DestinationConfig.OnFailure)).toEqual([queueNamed('redress-wakes-dead').id]);
      return JSON.parse(properties.FilterCriteria.Filters[0].Pattern);
    });
    const free = { S: [{ exists: false }] };
    expect(lanes).toEqual([
      { dynamodb: { NewImage: { entity: { S: ['effect'] }, lane: { S: ['work'] }, holder: free } } },
      { dynamodb: { NewImage: { entity: { S: ['effect'] }, lane: { S: ['inbox', 'notice'] }, holder: free } } },
    ]);
  });

  it('are called by the clock, which lays aside what it could not call', () => {
    const clocks = resources('AWS::Scheduler::Schedule').map(({ properties }) => properties);
    expect(clocks.map(({ Name, ScheduleExpression }) => [Name, ScheduleExpression])).toEqual([
      ['RedressWorker', 'rate(1 minute)'],
      ['RedressDecisions', 'rate(1 minute)'],
      ['RedressSweep', 'rate(5 minutes)'],
    ]);
    for (const { Target } of clocks) {
      expect(JSON.parse(Target.Input)).toEqual({ tick: true });
      expect(mentioned(Target.DeadLetterConfig)).toEqual([queueNamed('redress-undelivered').id]);
    }
  });
});

describe('the topics', () => {
  it('are encrypted and take TLS only', () => {
    const topics = resources('AWS::SNS::Topic');
    expect(topics).toHaveLength(3);
    for (const { properties } of topics) expect(mentioned(properties.KmsMasterKeyId)).toEqual([key.id]);
    for (const { properties } of resources('AWS::SNS::TopicPolicy')) {
      expect(statementsOf(properties.PolicyDocument)).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });
});

describe('the endpoint for Slack', () => {
  it('has a brake, and writes down who came', () => {
    const { properties } = soleResource('AWS::ApiGatewayV2::Stage');
    expect(properties.DefaultRouteSettings).toEqual({ ThrottlingBurstLimit: 40, ThrottlingRateLimit: 20 });
    expect(properties.AccessLogSettings.DestinationArn).toBeDefined();
    expect(soleResource('AWS::ApiGatewayV2::Route').properties.RouteKey).toBe('POST /slack/events');
  });
});
