export { ebsEncryption } from './ec2/encryption-by-default.ts';
export { images } from './ec2/images.ts';
export { instances } from './ec2/instances.ts';
export { securityGroups } from './ec2/security-groups.ts';
export { snapshots } from './ec2/snapshots.ts';
export { subnets } from './ec2/subnets.ts';
export { volumes } from './ec2/volumes.ts';
