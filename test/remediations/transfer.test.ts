import { describe, expect, it } from 'vitest';
import { expectInOrder, runbookOf } from '../runbook.ts';

const ID = 's-01234567890abcdef';
const asked = (more: object) => ({
  'transfer:DescribeServer': {
    Server: { State: 'ONLINE', Protocols: ['SFTP'], UserCount: 3, HostKeyFingerprint: 'SHA256:abc', ...more },
  },
});

describe('378', () => {
  it('moves a public server into the VPC and keeps it', async () => {
    const text = await runbookOf(378, ID, asked({ EndpointType: 'PUBLIC' }));
    expectInOrder(
      text,
      ...['SFTP; 3 users', 'describe-server', 'OFFLINE', 'stop-server', 'update-server', 'VPC', '<vpc-id>'],
      ...['ONLINE', 'start-server', 'SHA256:abc', 'To go back', 'PUBLIC'],
    );
    expect(text).not.toContain('create-server');
  });

  it('takes addresses away without a word about subnets', async () => {
    const EndpointDetails = {
      ...{ AddressAllocationIds: ['eipalloc-1'], SubnetIds: ['subnet-1'] },
      ...{ VpcId: 'vpc-1', VpcEndpointId: 'vpce-1' },
    };
    const text = await runbookOf(378, ID, asked({ EndpointType: 'VPC', EndpointDetails }));
    expectInOrder(
      text,
      ...['describe-vpc-endpoints', 'vpce-1', 'stop-server', 'update-server', 'AddressAllocationIds'],
      ...['start-server', 'To go back', 'eipalloc-1', 'Release'],
    );
    expect(text).not.toContain('subnet-1');
  });
});
