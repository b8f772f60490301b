import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** What takes longer is lost. No call of ours takes so long; without an end a lost one would hold its worker for ever. */
const patience = { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true };

const handlers = new Map<boolean, NodeHttpHandler>();

/**
 * The connections of all clients: shared, so that a client costs next to
 * nothing. HTTP/1.1 for all, also for Kinesis, which would speak HTTP/2 and few
 * besides AWS do.
 *
 * @param once for calls that must not be repeated: each has a connection of its own. One that was kept may have been
 *   closed meanwhile (a frozen function cannot notice), and nobody could tell whether the call arrived
 */
export function httpHandler(once: boolean): NodeHttpHandler {
  const known = handlers.get(once);
  if (known !== undefined) return known;
  const agents = { httpAgent: new HttpAgent({ keepAlive: false }), httpsAgent: new HttpsAgent({ keepAlive: false }) };
  const made = new NodeHttpHandler({ ...patience, ...(once ? agents : {}) });
  handlers.set(once, made);
  return made;
}
