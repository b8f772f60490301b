import { UpdateProjectCommand } from '@aws-sdk/client-codebuild';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

export const codebuild = [
  scenario({
    control: 321,
    arrange: async () => ({ id: 'web', event: event('codebuild:CreateProject', { name: 'web' }) }),
    state: async () => ({}),
    expected: (before) => before,
    lacks: {
      operation: 'UpdateProject',
      ask: ({ codebuild }) => codebuild.send(new UpdateProjectCommand({ name: 'web' })),
    },
  }),
];
