declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Makes a server of dynalite's own DynamoDB, in memory. */
  function dynalite(options: { readonly createTableMs: number }): Server;
  export = dynalite;
}
