import type { ProjectArtifacts } from '@aws-sdk/client-codebuild';
import { artifacts, isPlain, projects } from '../detectors/codebuild.ts';
import { call, document, edit, remediations } from '../src/control.ts';

// The call replaces each of the two as a whole: with paths, names and packaging.
const artifactsDocument = document(artifacts, {
  write: call('codebuild', 'UpdateProject', ({ id }, { artifacts, secondaryArtifacts }) => ({
    name: id,
    artifacts,
    ...(secondaryArtifacts.length > 0 ? { secondaryArtifacts } : {}),
  })),
});

const encrypted = (one: ProjectArtifacts): ProjectArtifacts =>
  isPlain(one) ? { ...one, encryptionDisabled: false } : one;

export const projectRemediations = remediations(projects, {
  321: edit(
    artifactsDocument,
    {
      mode: 'approve',
      impact:
        'readers without rights on the key cannot read new artifacts: websites in buckets, other accounts. The role of the project may need kms:GenerateDataKey',
      note: 'The command of the document sends type and location alone, so that artifacts land under other names; everything is sent here.',
    },
    ({ artifacts, secondaryArtifacts }) => ({
      artifacts: artifacts && encrypted(artifacts),
      secondaryArtifacts: secondaryArtifacts.map(encrypted),
    }),
  ),
});
