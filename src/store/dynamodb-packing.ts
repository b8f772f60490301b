import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, type Key, keyAttributes, number, text } from './dynamodb-items.ts';
import { StoreError } from './port.ts';

/** JSON up to this many bytes stays legible in the table. A write is paid by the kilobyte, so the rest is compressed. */
const mostLegible = 4_096;
/** An item ends at 400 KB (409,600 bytes) with its names and keys; an item may hold two of these. */
const mostInline = 150_000;
const partSize = 380_000;
/** A transaction ends at 4 MB, and something else is written with it. */
const mostPacked = 3_600_000;

/** A value ready for the table: an attribute, and the items beside it that hold what is too large for it. */
export interface Packed {
  readonly attribute: AttributeValue;
  readonly parts: readonly Item[];
}

/** Under which keys the parts of an attribute lie. */
const partKey = ({ pk, sk }: Key, name: string, index: number): Key => ({
  pk,
  sk: `part#${sk}#${name}#${String(index).padStart(3, '0')}`,
});

const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);

/**
 * Packs a value as JSON: legible when small, compressed when larger, and in
 * parts beside the item when too large for it. Parts are overwritten in place
 * by the next version; one that has fewer leaves the rest behind, which nobody
 * reads, because the item says how many there are and what their sum is.
 *
 * @throws StoreError when it is too large for a transaction
 */
export function pack(key: Key, name: string, value: unknown): Packed {
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) <= mostLegible) return { attribute: text(json), parts: [] };
  const bytes = gzipSync(json);
  if (bytes.length <= mostInline) return { attribute: { B: bytes }, parts: [] };
  if (bytes.length > mostPacked) {
    throw new StoreError(
      `${key.pk} is too large to be stored: ${megabytes(json.length)} MB of JSON, ${megabytes(bytes.length)} MB ` +
        `compressed. DynamoDB writes at most 4 MB at once.`,
    );
  }
  const parts = Array.from({ length: Math.ceil(bytes.length / partSize) }, (_, index) => ({
    ...keyAttributes(partKey(key, name, index)),
    entity: text('part'),
    body: { B: bytes.subarray(index * partSize, (index + 1) * partSize) },
  }));
  return { attribute: { M: { parts: number(parts.length), sum: text(sumOf(bytes)) } }, parts };
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

/** The keys of the parts that an attribute says it has. */
export function partsOf(key: Key, name: string, attribute: AttributeValue | undefined): readonly Key[] {
  return Array.from({ length: Number(attribute?.M?.parts?.N ?? 0) }, (_, index) => partKey(key, name, index));
}

/**
 * Unpacks what `pack` has made.
 *
 * @param parts the items of `partsOf`, in that order
 * @returns undefined when the parts are not of one version: somebody wrote between reading one and another
 * @throws StoreError when the item is not what this store writes
 */
export function unpack<T>(
  key: Key,
  attribute: AttributeValue | undefined,
  parts: readonly (Item | undefined)[],
): { readonly value: T } | undefined {
  if (attribute?.M !== undefined) {
    const bytes = Buffer.concat(parts.map((item) => item?.body?.B ?? new Uint8Array()));
    return sumOf(bytes) === attribute.M.sum?.S ? { value: parsed<T>(key, () => gunzipSync(bytes)) } : undefined;
  }
  const { S: legible, B: compressed } = attribute ?? {};
  return { value: parsed<T>(key, () => (compressed === undefined ? (legible ?? '') : gunzipSync(compressed))) };
}

function parsed<T>(key: Key, json: () => Buffer | string): T {
  try {
    return JSON.parse(String(json()));
  } catch (error) {
    throw new StoreError(`${key.pk} in the table cannot be read: it is not what Redress writes.`, { cause: error });
  }
}
