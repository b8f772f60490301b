import { expect, it } from 'vitest';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { catalogue } from '../../src/redress.ts';
import { recordOf } from './records.ts';
import { catalogue as smallCatalogue } from './small-catalogue.ts';

const runInstances = recordOf({
  ...{ eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' },
  responseElements: { instancesSet: { items: [{ instanceId: 'i-1' }] } },
});
const keysOf = (router: ReturnType<typeof createRouter>, record: object) =>
  takeIn(JSON.stringify(record), router).arrivals.map(({ subject }) => subject.key);

it('gives a neighbour the same key in every process, whatever came before', () => {
  const fresh = createRouter(catalogue);
  const busy = createRouter(catalogue);
  for (const { detector } of [...catalogue.values()].reverse()) {
    for (const trigger of Object.keys(detector.on)) {
      const [service, eventName] = trigger.split(':');
      keysOf(busy, recordOf({ eventSource: `${service}.amazonaws.com`, eventName }));
    }
  }
  expect(keysOf(busy, runInstances)).toEqual(keysOf(fresh, runInstances));
});

it('names the reads that lead to a neighbour, so that the key outlives a process', () => {
  expect(keysOf(createRouter(smallCatalogue), runInstances)).toEqual([
    '111122223333/eu-west-1/AWS::EC2::Volume/i-1 > ec2:DescribeVolumes',
  ]);
});

it('keeps a record that reads the same without its envelope', () => {
  const router = createRouter(smallCatalogue);
  const { recipientAccountId, awsRegion, eventTime, eventID, ...bare } = recordOf({
    ...{ eventName: 'PutBucketVersioning', requestParameters: { bucketName: 'b' } },
  });
  const envelope = {
    ...{ 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.s3', account: recipientAccountId },
    ...{ region: awsRegion, time: eventTime, detail: bare },
  };
  const [inside] = takeIn(JSON.stringify(envelope), router).arrivals;
  const [alone] = takeIn(JSON.stringify(inside?.record), router).arrivals;
  expect(inside?.event).toBeDefined();
  expect(alone?.event).toEqual(inside?.event);
  expect(alone?.subject.key).toBe(inside?.subject.key);
});
