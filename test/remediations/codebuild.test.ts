import { expect, it } from 'vitest';
import { callsOf, planFor } from '../controls.ts';

it('321 encrypts and sends everything else as it was', async () => {
  const artifacts = { type: 'S3', location: 'b', path: 'p', name: 'n', packaging: 'ZIP', encryptionDisabled: true };
  const docs = { type: 'S3', location: 'b', artifactIdentifier: 'docs', encryptionDisabled: true };
  const other = { type: 'S3', location: 'c', artifactIdentifier: 'other' };
  const answers = { 'codebuild:BatchGetProjects': { projects: [{ artifacts, secondaryArtifacts: [docs, other] }] } };
  const write = (encryptionDisabled: boolean) => [
    'codebuild:UpdateProject',
    {
      name: 'web',
      artifacts: { ...artifacts, encryptionDisabled },
      secondaryArtifacts: [{ ...docs, encryptionDisabled }, other],
    },
  ];
  expect(callsOf(await planFor(321, 'web', answers))).toEqual({ steps: [write(false)], undo: [write(true)] });
});
