import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import { PRESS_KIT } from '../../src/demo/beginning.ts';
import { sampleIds } from '../../src/demo/sample-account.ts';
import { hear, nobody, type Told } from './audience.ts';

/** The text of the n-th scene, its lines joined: where they wrap does not matter. */
const flat = ({ scenes }: Told, scene: number): string => (scenes[scene] ?? '').replace(/\s+/g, ' ');

const statements = (policy: string | undefined) => JSON.parse(policy ?? '{"Statement":[]}').Statement;
const sids = (policy: string | undefined) => statements(policy).map(({ Sid }: { Sid: string }) => Sid);

describe('the story as it is told where there is no terminal', () => {
  let told: Told;
  beforeAll(async () => {
    told = await hear(nobody);
  });
  afterAll(() => told.stage.store.close());

  it('has eight scenes, each for a terminal of 100 by 30', () => {
    expect(told.scenes).toHaveLength(9);
    for (const scene of told.scenes) {
      expect(scene.trim().split('\n').length).toBeLessThanOrEqual(30);
      for (const line of scene.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  it('looks first, and cannot write while it looks', () => {
    expect(flat(told, 1)).toMatch(/scan \d+ controls, \d+ verdicts, \d+ reads, 0 writes/);
    expect(flat(told, 1)).toContain('config apply: true');
  });

  it('sees the bucket go public, explains it, and waits', () => {
    expect(flat(told, 2)).toMatch(/IsPublic false event PutBucketPolicy by user\/alice.*IsPublic true/);
    expect(flat(told, 2)).toContain('HIGH 46 Bucket policy lets nobody in');
    expect(told.scenes[2]).toMatch(/^ +- +Sid: EveryoneReads$/m);
    expect(told.scenes[2]).toContain('aws s3api put-bucket-policy --bucket acme-press-kit');
    expect(flat(told, 2)).toContain('impact anonymous readers');
    expect(flat(told, 2)).toContain('undo puts back exactly what was there');
    expect(flat(told, 2)).toContain('finding judged → waiting');
  });

  it('closes the snapshot by itself, and leaves the partner its share', () => {
    expect(flat(told, 3)).toContain('judged → approved → applying → verifying → resolved');
    expect(flat(told, 3)).not.toContain('casey');
    const { ec2 } = told.stage.account.world;
    expect(ec2.volumePermissions[sampleIds.ordersSnapshot]).toEqual([{ UserId: '999988887777' }]);
  });

  it('closes the bucket once it is approved, and keeps what else its policy said', () => {
    expect(flat(told, 4)).toContain('casey, the other approver, says yes');
    expect(flat(told, 4)).toContain('approved by casey → applying → verifying → resolved');
    expect(flat(told, 4)).toContain('IsPublic false policy TlsOnly stays, TrailWrites stays, EveryoneReads gone');
    const { policy } = told.stage.account.world.s3.buckets[PRESS_KIT] ?? {};
    const opened = statements(told.stage.openPolicy);
    expect(statements(policy)).toEqual(opened.filter(({ Sid }: { Sid: string }) => Sid !== 'EveryoneReads'));
  });

  it('takes neither a second click nor the event of its own call', () => {
    expect(flat(told, 4)).toContain('casey clicks a second time: refused casey has approved this plan already');
    expect(flat(told, 4)).toContain('our own call, known by its request id; starts nothing');
  });

  it('sets several flags by one write, where single fixes undo each other', () => {
    const trap = /in the end these still fail: ([\d, ]+)\./.exec(flat(told, 5));
    expect(trap?.[1]?.split(', ').length).toBeGreaterThanOrEqual(2);
    const result = /1 write, (\d+) of (\d+) findings resolved/.exec(flat(told, 5));
    expect(result?.[1]).toBe(result?.[2]);
    expect(told.stage.account.world.iam.passwordPolicy).toMatchObject({
      MinimumPasswordLength: 16,
      RequireUppercaseCharacters: true,
      RequireLowercaseCharacters: true,
      MaxPasswordAge: 90,
    });
  });

  it('writes nothing for a plan whose resource has changed, and asks again', async () => {
    const [, old = '', fresh = ''] = /plan (p-\w+) would write.*new plan (p-\w+) would write/.exec(flat(told, 6)) ?? [];
    expect(flat(told, 6)).toMatch(/refused .*:orders changed after the plan was made; planning again; 0 writes/);
    expect(flat(told, 6)).toContain('approved by casey → superseded → waiting');
    expect(old).not.toBe(fresh);
    expect(await told.stage.store.calls(old)).toEqual([]);
    expect(await told.stage.store.calls(fresh)).toHaveLength(1);
    const topic = told.stage.account.world.sns.topics['arn:aws:sns:us-east-1:123456789012:orders'];
    expect(sids(topic?.attributes.Policy)).toEqual(
      expect.arrayContaining(['OwnAccount', 'BucketNotifies', 'PartnerPublishes', 'DenyPublishWithoutTLS']),
    );
  });

  it('takes a fix back, exactly', () => {
    expect(flat(told, 7)).toContain('casey asked to take the fix back; taken back, exactly');
    expect(flat(told, 7)).toContain('answers the same as before, in every field');
    expect(flat(told, 7)).toContain('exempt accepted for shop until 2027-01-31');
    expect(told.stage.account.world.ec2.instances[sampleIds.web1]?.MetadataOptions).toMatchObject({
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 2,
    });
  });

  it('ends with a ledger that adds up', async () => {
    const [, writes, known] = /(\d+) writes; the audit trail has (\d+) of them/.exec(flat(told, 8)) ?? [];
    expect(known).toBe(writes);
    expect(await verifyAudit(told.stage.store)).toMatchObject({ ok: true });
    const states = (await told.stage.store.findings()).map(({ evaluation, state }) => [evaluation.control, state]);
    expect(states).toEqual(
      expect.arrayContaining([
        [46, 'resolved'],
        [146, 'resolved'],
        [7, 'resolved'],
        [13, 'resolved'],
        [182, 'resolved'],
        [322, 'exempted'],
      ]),
    );
    expect(await told.stage.workflow.pending()).toEqual([]);
  });

  it('tells of no call that the account was not sent', () => {
    const made = [...told.text.matchAll(/made +\S+ (\w+), request (\S+)/g)];
    expect(made.length).toBeGreaterThanOrEqual(6);
    for (const [, operation, requestId] of made) {
      expect(told.stage.account.calls).toContainEqual(
        expect.objectContaining({ operation, requestId, error: undefined }),
      );
    }
    const writes = told.stage.atTheDoor.filter(({ kind }) => kind === 'write');
    expect(made.map(([, operation]) => operation)).toEqual(writes.map(({ operation }) => operation));
  });

  it('is filmed in less than a minute', () => {
    expect(told.paused).toBeLessThan(42_000);
    expect(told.paused).toBeGreaterThan(15_000);
  });

  it('tells the same every time', async () => {
    const again = await hear(nobody);
    await again.stage.store.close();
    expect(again.text).toBe(told.text);
  });

  it('has colours only where they are wanted, and says the same in them', async () => {
    const colored = await hear(nobody, true);
    await colored.stage.store.close();
    expect(stripVTControlCharacters(told.text)).toBe(told.text);
    expect(colored.text).not.toBe(told.text);
    expect(stripVTControlCharacters(colored.text)).toBe(told.text);
  });
});

describe('whoever sits at the terminal decides', () => {
  it('a yes is theirs', async () => {
    const told = await hear({ answer: 'yes' });
    expect(flat(told, 4)).toContain('approved by sam → applying → verifying → resolved');
    await told.stage.store.close();
  });

  it('a no is honoured: the bucket stays as it is, and the story goes on', async () => {
    const told = await hear({ answer: 'no' });
    const { account, store, openPolicy } = told.stage;
    expect(flat(told, 4)).toContain('answer no: nothing is written');
    expect(flat(told, 4)).toContain('IsPublic true');
    expect(flat(told, 4)).not.toContain('made');
    expect(account.world.s3.buckets[PRESS_KIT]?.policy).toBe(openPolicy);
    expect(await store.findings({ control: 46 })).toMatchObject([{ state: 'denied' }]);
    expect(told.scenes).toHaveLength(9);
    await store.close();
  });
});
