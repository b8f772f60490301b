/** A name next to an old one, within AWS's limit and without a hyphen at the end or two in a row. */
export const nextName = (name: string, limit: number): string => `${name.slice(0, limit - 3).replace(/-+$/, '')}-v2`;

/** The tags that a twin of a resource can be given: those of AWS itself it cannot. */
export const ownTagsOf = (tagged: Readonly<Record<string, string>>) =>
  Object.entries(tagged).flatMap(([Key, Value]) => (Key.startsWith('aws:') ? [] : [{ Key, Value }]));
