// One execution environment of a function: loads the bundle as Lambda does and
// handles one event after the other. Frozen in between is more than a process
// can imitate; what it does after its answer is nobody's.
import { pathToFileURL } from 'node:url';

const [, , module, seconds] = process.argv;
const started = import(pathToFileURL(module).href);

process.on('message', async (text) => {
  const deadline = Date.now() + Number(seconds) * 1000;
  const context = {
    awsRequestId: crypto.randomUUID(),
    functionName: 'function',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:Redress',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const { handler } = await started;
    const answer = await handler(JSON.parse(text), context);
    process.send(JSON.stringify({ kind: 'answer', answer: answer ?? null }));
  } catch (error) {
    process.send(JSON.stringify({ kind: 'error', message: String(error?.stack ?? error) }));
  }
});
