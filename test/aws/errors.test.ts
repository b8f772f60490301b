import { describe, expect, it } from 'vitest';
import { type AwsTrouble, errorCode, explain, hasCode, troubleOf } from '../../src/aws/errors.ts';
import { awsError } from '../controls.ts';

const call = { service: 's3', operation: 'GetBucketAcl' };

/** An error as the SDK makes it of AWS's answer, and one of the network below it. */
const answered = (name: string, message: string) =>
  Object.assign(awsError(name, message), { $fault: 'client', $response: {} });
const network = (name: string, message: string, code?: string) => Object.assign(awsError(name, message), { code });

describe('what kind of trouble', () => {
  it.each<[AwsTrouble, ...string[]]>([
    ['denied', 'AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Client.UnauthorizedOperation'],
    ['denied', 'AuthorizationError', 'AuthorizationErrorException', 'NotAuthorized', 'Forbidden'],
    ['throttled', 'Throttling', 'ThrottlingException', 'ThrottledException', 'TooManyRequestsException', 'SlowDown'],
    ['throttled', 'RequestLimitExceeded', 'RequestThrottled', 'RequestThrottledException', 'EC2ThrottledException'],
    ['throttled', 'PriorRequestNotComplete', 'ProvisionedThroughputExceededException', 'BandwidthLimitExceeded'],
    ['credentials', 'CredentialsProviderError', 'TokenProviderError', 'ExpiredToken', 'ExpiredTokenException'],
    ['credentials', 'InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId', 'InvalidToken'],
    [
      'credentials',
      'SignatureDoesNotMatch',
      'MissingAuthenticationToken',
      'InvalidSignatureException',
      'RequestExpired',
    ],
    ['unreachable', 'TimeoutError', 'NetworkingError', 'AggregateError', 'RequestTimeout', 'RequestTimeoutException'],
    ['other', 'NoSuchBucket', 'MalformedPolicy', 'InternalError', 'ValidationException', 'Error', 'OperationAborted'],
    // A quota is not a throttle: trying again later does not help.
    ['other', 'LimitExceeded', 'LimitExceededException'],
  ])('%s: %s, …', (trouble, ...names) => {
    for (const name of names) expect([name, troubleOf(answered(name, 'no'))]).toEqual([name, trouble]);
  });

  it.each<[AwsTrouble, string]>([
    ['credentials', 'AWS was not able to validate the provided access credentials'],
    ['denied', 'Not authorized for image:ami-0123456789abcdef0'],
    ['denied', 'Unauthorized attempt to access restricted resource'],
  ])("%s: EC2's AuthFailure, %s", (trouble, message) => {
    expect(troubleOf(answered('AuthFailure', message))).toBe(trouble);
  });

  it.each([
    network('Error', 'connect ECONNREFUSED 127.0.0.1:5000', 'ECONNREFUSED'),
    network('AggregateError', '', 'ECONNREFUSED'),
    network('Error', 'getaddrinfo ENOTFOUND s3.nowhere.amazonaws.com', 'ENOTFOUND'),
    network('Error', 'getaddrinfo EAI_AGAIN sts.amazonaws.com', 'EAI_AGAIN'),
    network('Error', 'read ECONNRESET', 'ECONNRESET'),
    network('Error', 'socket hang up', 'ECONNRESET'),
    network('TimeoutError', 'socket did not establish a connection with the server within 1000 ms'),
    network('Error', 'write EPIPE'),
    'connect ETIMEDOUT',
  ])('unreachable: %s', (error) => {
    expect(troubleOf(error)).toBe('unreachable');
    expect(explain(error, call)).toBe(
      'AWS could not be reached for s3:GetBucketAcl; check the network and AWS_ENDPOINT_URL',
    );
  });

  it("is not mistaken in AWS's answers by the words that are in them", () => {
    expect(troubleOf(answered('NoSuchBucket', 'bucket ENOTFOUND-logs, socket hang up'))).toBe('other');
  });
});

describe('codes', () => {
  it.each([
    ['NoSuchEntityException', 'NoSuchEntity', true],
    ['NoSuchEntity', 'NoSuchEntityException', true],
    ['NoSuchBucket', 'NoSuchBucketPolicy', false],
    ['NotFoundException', 'NotFound', true],
  ])('%s is %s: %s', (name, code, same) => {
    expect(hasCode(awsError(name), ['Other', code])).toBe(same);
  });

  it('reads what is no error at all', () => {
    expect(errorCode('odd')).toBe('odd');
    expect(hasCode(undefined, ['NotFound'])).toBe(false);
  });
});

describe('in words', () => {
  it.each([
    ['what to allow', awsError('AccessDenied', 'Access Denied'), 'allow s3:GetBucketAcl2'],
    [
      'the action that AWS itself names',
      awsError(
        'AccessDenied',
        'User: arn:aws:iam::1:user/bot is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::2:role/RedressRead',
      ),
      'allow sts:AssumeRole',
    ],
    [
      'that allowing would not help',
      awsError(
        'AccessDenied',
        'User: x is not authorized to perform: s3:GetBucketAcl on resource: "arn:aws:s3:::b" with an explicit deny in a service control policy',
      ),
      'an explicit deny in a service control policy forbids s3:GetBucketAcl',
    ],
    [
      'a boundary',
      awsError(
        'AccessDenied',
        'is not authorized to perform: s3:GetBucketAcl with an explicit deny in a permissions boundary',
      ),
      'an explicit deny in a permissions boundary forbids s3:GetBucketAcl',
    ],
  ])('says %s', (_, error, remedy) => {
    expect(explain(error, call, 's3:GetBucketAcl2')).toBe(`s3:GetBucketAcl was denied; ${remedy}`);
  });

  it('names throttling, credentials, and whatever else AWS says, in one line', () => {
    expect(explain(awsError('SlowDown'), call)).toBe('s3:GetBucketAcl was throttled by AWS; try again later');
    expect(explain(awsError('ExpiredToken'), call)).toMatch(
      /credentials were not accepted .* check the profile or role/,
    );
    const long = explain(awsError('Malformed', `a\nb ${'x'.repeat(999)}`), call);
    expect(long).toMatch(/^s3:GetBucketAcl failed: Malformed: a b/);
    expect(long.length).toBeLessThanOrEqual(300);
    expect(explain('odd', call)).toBe('s3:GetBucketAcl failed: odd: odd');
  });
});
