import { describe, expect, it } from 'vitest';
import { type Answer, awsError, controlOf, judge } from '../controls.ts';

const one = (artifacts: object, ...secondaryArtifacts: object[]) => ({ projects: [{ artifacts, secondaryArtifacts }] });

describe('321: encryption of artifacts', () => {
  it.each<[string, Answer, string]>([
    ['nothing said', one({ type: 'S3' }), 'pass'],
    [
      'off',
      one({ type: 'S3', encryptionDisabled: true }),
      'fail: artifacts are stored without encryption: the primary one',
    ],
    [
      'off for a further one',
      one({ type: 'NO_ARTIFACTS' }, { type: 'S3', encryptionDisabled: true, artifactIdentifier: 'docs' }),
      'fail: artifacts are stored without encryption: docs',
    ],
    ['none', one({ type: 'NO_ARTIFACTS' }), 'skip: the project puts nothing into a bucket by itself'],
    ['a pipeline', one({ type: 'CODEPIPELINE' }), 'skip: the project puts nothing into a bucket by itself'],
    ['gone', { projects: [], projectsNotFound: ['web'] }, 'skip: web does not exist (any more)'],
    [
      'denied',
      awsError('AccessDeniedException'),
      'unknown: codebuild:BatchGetProjects was denied; allow codebuild:BatchGetProjects',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(321, 'web', { 'codebuild:BatchGetProjects': answer })).toBe(expected);
  });
});

it('321 closes when the resource is deleted', () => {
  const trigger = controlOf(321).detector.on['codebuild:DeleteProject'];
  expect(trigger?.kind === 'paths' && trigger.paths).toContain('requestParameters.name');
});
