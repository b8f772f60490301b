/** Where the global services of a partition answer, by what its region names begin with. */
const partitions = [
  { prefix: 'cn-', partition: 'aws-cn', home: 'cn-north-1' },
  { prefix: 'us-gov-', partition: 'aws-us-gov', home: 'us-gov-west-1' },
  { prefix: 'us-iso-', partition: 'aws-iso', home: 'us-iso-east-1' },
  { prefix: 'us-isob-', partition: 'aws-iso-b', home: 'us-isob-east-1' },
  { prefix: 'eu-isoe-', partition: 'aws-iso-e', home: 'eu-isoe-west-1' },
  { prefix: 'us-isof-', partition: 'aws-iso-f', home: 'us-isof-south-1' },
  { prefix: 'eusc-', partition: 'aws-eusc', home: 'eusc-de-east-1' },
] as const;

const commercial = { partition: 'aws', home: 'us-east-1' };

/** The partition of a region, and the region in which that partition's global services answer. */
export function partitionOf(region: string): { partition: string; home: string } {
  const { partition, home } = partitions.find(({ prefix }) => region.startsWith(prefix)) ?? commercial;
  return { partition, home };
}
