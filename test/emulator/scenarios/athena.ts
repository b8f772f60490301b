import { CreateWorkGroupCommand, GetWorkGroupCommand, UpdateWorkGroupCommand } from '@aws-sdk/client-athena';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const lacking = (control: number) =>
  scenario({
    control,
    lacks: {
      operation: 'athena:UpdateWorkGroup',
      ask: ({ athena }) => athena.send(new UpdateWorkGroupCommand({ WorkGroup: 'primary' })),
    },
    arrange: async ({ athena }) => {
      const ResultConfiguration = { OutputLocation: 's3://results/' };
      const Configuration = { ResultConfiguration, EnforceWorkGroupConfiguration: false };
      await athena.send(new CreateWorkGroupCommand({ Name: 'reports', Configuration }));
      return { id: 'reports', event: event('athena:CreateWorkGroup', { name: 'reports' }) };
    },
    state: async ({ athena }, id) => {
      const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: id }));
      return { ...WorkGroup?.Configuration };
    },
    expected: (before) => before,
  });

export const athena = [lacking(325), lacking(374)];
