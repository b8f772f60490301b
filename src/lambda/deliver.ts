import { takeIn } from '../intake/intake.ts';
import type { Router } from '../intake/route.ts';
import type { Foundation } from './foundation.ts';
import { messageFor } from './messages.ts';
import { sendMessages } from './send.ts';

/** Makes the function that takes a record in as if it had just come: its messages go into the queue of resources. */
export function deliverTo(
  { home, place, environment }: Pick<Foundation, 'home' | 'place' | 'environment'>,
  router: Router,
): (record: string) => Promise<void> {
  return async (record) => {
    const { resourcesQueueUrl } = environment;
    if (resourcesQueueUrl === undefined) throw new Error('REDRESS_RESOURCES_QUEUE_URL is not set');
    const messages = takeIn(record, router).arrivals.map(messageFor);
    const [notSent] = await sendMessages(home, place, resourcesQueueUrl, messages);
    if (notSent !== undefined) throw new Error(`The queue of resources did not take a message: ${notSent.because}`);
  };
}
