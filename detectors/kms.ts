export { keyPolicies } from './kms/key-policies.ts';
export { keyStores } from './kms/key-stores.ts';
export { keys } from './kms/keys.ts';
