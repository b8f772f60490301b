export { ebsEncryptionRemediations } from './ec2/encryption-by-default.ts';
export { imageRemediations } from './ec2/images.ts';
export { instanceRemediations } from './ec2/instances.ts';
export { securityGroupRemediations } from './ec2/security-groups.ts';
export { snapshotRemediations } from './ec2/snapshots.ts';
export { subnetRemediations } from './ec2/subnets.ts';
export { volumeRemediations } from './ec2/volumes.ts';
