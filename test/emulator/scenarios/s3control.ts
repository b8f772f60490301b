import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3-control';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

type Flag = keyof PublicAccessBlockConfiguration;
type Flags = Readonly<Record<Flag, boolean>>;

const CONTROLS: readonly [control: number, flag: Flag][] = [
  [63, 'BlockPublicPolicy'],
  [64, 'RestrictPublicBuckets'],
  [65, 'BlockPublicAcls'],
  [66, 'IgnorePublicAcls'],
];
const ALL_ON: Flags = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

async function accountState({ s3control }: Aws): Promise<PublicAccessBlockConfiguration | null> {
  try {
    const answer = await s3control.send(new GetPublicAccessBlockCommand({ AccountId: ACCOUNT }));
    return answer.PublicAccessBlockConfiguration ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchPublicAccessBlockConfiguration') return null;
    throw error;
  }
}

async function putFlags({ s3control }: Aws, PublicAccessBlockConfiguration: Flags) {
  await s3control.send(new PutPublicAccessBlockCommand({ AccountId: ACCOUNT, PublicAccessBlockConfiguration }));
  const parameters = { accountId: ACCOUNT, publicAccessBlock: [''], PublicAccessBlockConfiguration };
  return event('s3:PutAccountPublicAccessBlock', parameters, { by: terraform });
}

/** One flag off and the other three on: a fix that sends its own flag alone switches those off. */
const oneOff = CONTROLS.map(([control, flag]) =>
  scenario({
    control,
    variant: 'the other three are on',
    arrange: async (aws) => ({ id: ACCOUNT, event: await putFlags(aws, { ...ALL_ON, [flag]: false }) }),
    state: accountState,
    expected: (before) => ({ ...before, [flag]: true }),
  }),
);

/** No setting at all: four controls fail at once, and one write sets them right. */
const noneSet = scenario({
  control: 63,
  variant: 'no setting at all',
  also: [64, 65, 66],
  arrange: async (aws) => {
    await aws.s3control.send(new DeletePublicAccessBlockCommand({ AccountId: ACCOUNT }));
    return { id: ACCOUNT, event: event('s3:DeleteAccountPublicAccessBlock', { accountId: ACCOUNT }) };
  },
  state: accountState,
  expected: () => ALL_ON,
});

export const s3control = [...oneOff, noneSet];
