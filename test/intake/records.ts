/** A CloudTrail record of a successful write, with whatever a test wants different. */
export function recordOf(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', userName: 'alice', accountId: '111122223333' },
    eventTime: '2026-11-02T09:30:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'PutBucketVersioning',
    awsRegion: 'eu-west-1',
    userAgent: 'console',
    requestParameters: { bucketName: 'invoices' },
    responseElements: null,
    requestID: 'REQUEST1',
    eventID: '0a0a0a0a-0000-4000-8000-000000000001',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    ...over,
  };
}

/** The same as EventBridge delivers it. */
export function eventBridge(detail: unknown, over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    version: '0',
    id: 'e1',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-11-02T09:30:01Z',
    region: 'eu-west-1',
    resources: [],
    detail,
    ...over,
  };
}
