import { expect, it } from 'vitest';
import { isPassing, RateLimitError } from '../../src/aws/errors.ts';
import { awsError } from '../controls.ts';

const answered = (httpStatusCode: number) => Object.assign(awsError('Some'), { $metadata: { httpStatusCode } });

it.each([
  ['AWS is busy', awsError('SlowDown'), true],
  ['AWS cannot be reached', awsError('Error', 'connect ECONNREFUSED'), true],
  ['the credentials have run out', awsError('ExpiredToken'), true],
  ['our own limit is used up', new RateLimitError('later'), true],
  ['AWS has trouble of its own', answered(503), true],
  ['AWS does not do this here', answered(501), false],
  ['AWS does not say why', answered(500), false],
  ['AWS says no', answered(400), false],
  ['a permission is missing', awsError('AccessDenied'), false],
  ['nothing is known', awsError('Odd'), false],
])('whether an error passes by itself: %s', (_what, error, passes) => {
  expect(isPassing(error)).toBe(passes);
});
