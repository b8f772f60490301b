import type { ProjectArtifacts } from '@aws-sdk/client-codebuild';
import { derive, detectors, fail, ids, idsAs, only, pass, read, readPages, resource, skip } from '../src/control.ts';

const project = read(
  'codebuild',
  'BatchGetProjects',
  ({ id }) => ({ names: [id] }),
  (out) => only(out.projects),
);

/** What a project puts out, first and further. */
export const artifacts = derive({ project }, ({ project }) => ({
  artifacts: project.artifacts,
  secondaryArtifacts: project.secondaryArtifacts ?? [],
}));

/** Only what goes into a bucket can be encrypted. */
export const isPlain = ({ type, encryptionDisabled }: ProjectArtifacts): boolean =>
  type === 'S3' && encryptionDisabled === true;

/** Some records name a project by its ARN. */
const projectName = (name: string): string => name.replace(/^arn:[^/]*:project\//, '');

export const projects = detectors(
  resource('AWS::CodeBuild::Project', {
    service: 'codebuild',
    arn: ({ partition, region, account, id }) => `arn:${partition}:codebuild:${region}:${account}:project/${id}`,
    list: readPages(
      'codebuild',
      'ListProjects',
      () => ({}),
      (out) => out.projects ?? [],
      ({ nextToken }) => (nextToken ? { nextToken } : undefined),
    ),
    tags: read(
      'codebuild',
      'BatchGetProjects',
      ({ id }) => ({ names: [id] }),
      (out) =>
        Object.fromEntries(
          (out.projects?.[0]?.tags ?? []).flatMap(({ key, value }) => (key ? [[key, value ?? '']] : [])),
        ),
    ),
  }),
  {
    321: {
      title: 'CodeBuild project encrypts what it puts out',
      criticality: 'HIGH',
      on: {
        'codebuild:CreateProject': ids('requestParameters.name', 'responseElements.project.name'),
        'codebuild:UpdateProject': idsAs(projectName, 'requestParameters.name'),
        'codebuild:DeleteProject': idsAs(projectName, 'requestParameters.name'),
      },
      reads: { artifacts },
      check: ({ artifacts: { artifacts, secondaryArtifacts } }) => {
        const all = [...(artifacts ? [artifacts] : []), ...secondaryArtifacts];
        if (!all.some(({ type }) => type === 'S3')) return skip('the project puts nothing into a bucket by itself');
        const plain = all.filter(isPlain).map(({ artifactIdentifier }) => artifactIdentifier || 'the primary one');
        return plain.length === 0 ? pass : fail(`artifacts are stored without encryption: ${plain.join(', ')}`);
      },
      note: 'Title and specification speak of encryption at large, the steps of artifacts: these are judged. Logs in S3 have a flag of their own.',
    },
  },
);
