export { keyPolicyRemediations } from './kms/key-policies.ts';
export { keyStoreRemediations } from './kms/key-stores.ts';
export { keyRemediations } from './kms/keys.ts';
