import ipaddr from 'ipaddr.js';

/** The account of an ARN (empty where its service leaves it out), or `undefined` for what is no ARN. */
export function arnAccount(arn: string): string | undefined {
  const parts = arn.split(':');
  return parts[0] === 'arn' && parts.length >= 6 ? parts[4] : undefined;
}

/**
 * Whether an address range is narrow enough to count as somebody's network.
 * S3 calls anything wider than /8 (IPv4) or /32 (IPv6) public.
 */
export function isFixedNetwork(range: string): boolean {
  const cidr = range.includes('/') ? range : `${range}/${range.includes(':') ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(cidr)) return false;
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  return prefix >= (address.kind() === 'ipv4' ? 8 : 32);
}
