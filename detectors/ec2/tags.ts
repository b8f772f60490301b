import { derive, nextToken, readPages, tagsFrom } from '../../src/control.ts';

const tagList = readPages(
  'ec2',
  'DescribeTags',
  ({ id }) => ({ Filters: [{ Name: 'resource-id', Values: [id] }] }),
  (out) => out.Tags ?? [],
  nextToken,
);

/** The tags of anything in EC2. */
export const tags = derive({ tagList }, ({ tagList }) => tagsFrom(tagList));
