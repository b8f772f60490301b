import { addStatement, type Grant, grants, type PolicyDocument, type Statement } from '../src/control.ts';

/**
 * A resource policy with a statement for what somebody must be allowed, or the
 * policy itself where one of its statements allows it already.
 */
export function withGrant(
  policy: PolicyDocument | undefined,
  Sid: string,
  grant: Grant,
  Condition?: Statement['Condition'],
): PolicyDocument | undefined {
  if (grants(policy, grant)) return policy;
  const { principal, action, resource } = grant;
  const statement: Statement = { Effect: 'Allow', Principal: principal, Action: action, Resource: resource };
  return addStatement(policy, { Sid, ...statement, ...(Condition ? { Condition } : {}) });
}
