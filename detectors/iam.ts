export { accessKeys } from './iam/access-keys.ts';
export { passwordPolicies } from './iam/password-policy.ts';
export { serverCertificates } from './iam/server-certificates.ts';
export { users } from './iam/users.ts';
