import { UpdateAcceleratorAttributesCommand } from '@aws-sdk/client-global-accelerator';
import { ACCOUNT } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const id = `arn:aws:globalaccelerator::${ACCOUNT}:accelerator/1234abcd-abcd-1234-abcd-1234abcdefgh`;

export const globalaccelerator = [
  scenario({
    control: 319,
    arrange: async () => ({
      id,
      event: event(
        'globalaccelerator:CreateAccelerator',
        {},
        { responseElements: { accelerator: { acceleratorArn: id } } },
      ),
    }),
    state: async () => ({}),
    expected: (before) => before,
    lacks: {
      operation: 'globalaccelerator:UpdateAcceleratorAttributes',
      ask: ({ globalaccelerator }) =>
        globalaccelerator.send(new UpdateAcceleratorAttributesCommand({ AcceleratorArn: id, FlowLogsEnabled: false })),
    },
  }),
];
