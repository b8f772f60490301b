/** What is going to change in a resource in the next maintenance window, or is changing now. */
export const pendingIn = (values: object | undefined): string[] =>
  Object.entries(values ?? {}).flatMap(([name, value]) =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0) ? [] : [name],
  );
