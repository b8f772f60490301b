import { read, tagsFrom } from '../../src/control.ts';

/** The tags of load balancers, listeners and target groups. */
export const tags = read(
  'elbv2',
  'DescribeTags',
  ({ id }) => ({ ResourceArns: [id] }),
  (out) => tagsFrom(out.TagDescriptions?.[0]?.Tags),
);
