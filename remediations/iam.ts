export { accessKeyRemediations } from './iam/access-keys.ts';
export { passwordPolicyRemediations } from './iam/password-policy.ts';
export { serverCertificateRemediations } from './iam/server-certificates.ts';
export { userRemediations } from './iam/users.ts';
