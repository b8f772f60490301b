/** Tags that a copy takes over: `aws:` belongs to AWS, and ours tell what stands for what. */
export const ownTags = (tags: readonly { Key?: string; Value?: string }[] | undefined) =>
  (tags ?? []).filter(({ Key }) => !/^(aws|redress):/.test(Key ?? '')).map(({ Key, Value }) => ({ Key, Value }));

/** Why a resource is left to the template that made it, or nothing: deleted behind its back, the next update fails. */
export function whyLeftToStack(tags: readonly { Key?: string; Value?: string }[] | undefined): string | undefined {
  const stack = tags?.find(({ Key }) => Key === 'aws:cloudformation:stack-name')?.Value;
  return stack && `it belongs to the CloudFormation stack ${stack}: make the change in its template`;
}
