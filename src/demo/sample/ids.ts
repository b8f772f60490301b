import { createHash } from 'node:crypto';

/** An id as EC2 makes them, from a name: the same name gives the same id. */
export function ec2Id(prefix: string, name: string): string {
  return `${prefix}-0${hex(`${prefix}/${name}`, 16)}`;
}

/** A unique id as IAM makes them, from a name: `AIDA…`, `AKIA…`. */
export function iamId(prefix: string, name: string, length = 17): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bytes = createHash('sha256').update(`${prefix}/${name}`).digest().subarray(0, length);
  return prefix + [...bytes].map((byte) => alphabet[byte % 32]).join('');
}

/** A UUID from a name. */
export function uuid(name: string): string {
  const digits = hex(name, 32);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20)].join('-');
}

function hex(seed: string, length: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, length);
}
