import { describe, expect, it } from 'vitest';
import { variables } from '../../src/lambda/environment.ts';
import { catalogue } from '../../src/redress.ts';
import { configuration, listOf, type Part, reader, stacks, statementsOf } from './stacks.ts';

describe('another choice', () => {
  const [number = 0] = catalogue.keys();
  const over = { controls: [number], accounts: '444455556666,777788889999', archiveDays: '7' };
  const chosen = reader(stacks(over, { config: '' }).hub);

  it('of controls has fewer rules', () => {
    expect(chosen('AWS::Events::Rule')).toHaveLength(1);
  });

  it('of accounts closes the bus and the roles of all others', () => {
    const [policy] = chosen('AWS::Events::EventBusPolicy');
    expect(policy?.properties.Statement.Condition.StringEquals['aws:PrincipalAccount']).toEqual([
      '444455556666',
      '777788889999',
    ]);
    const taking = chosen('AWS::IAM::Role')
      .flatMap(({ properties }) => listOf<Part>(properties.Policies))
      .flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument))
      .filter(({ Sid }) => Sid === 'MemberAccounts');
    expect(taking).toHaveLength(3);
    for (const { Condition } of taking) {
      expect(Condition.StringEquals['aws:ResourceAccount']).toEqual(['444455556666', '777788889999']);
    }
  });

  it('of controls is told to every function', () => {
    for (const { properties } of chosen('AWS::Lambda::Function')) {
      expect(properties.Environment.Variables[variables.controls]).toBe(String(number));
    }
  });

  it('keeps an archive', () => {
    expect(chosen('AWS::Events::Archive')).toHaveLength(1);
  });

  it('without Slack has no endpoint, and nobody who may read its secrets', () => {
    expect(chosen('AWS::ApiGatewayV2::Api')).toEqual([]);
    expect(chosen('AWS::Lambda::Function')).toHaveLength(4);
    expect(JSON.stringify(chosen('AWS::IAM::Role'))).not.toContain('ssm:');
  });

  it('without Security Hub may not import findings', () => {
    expect(JSON.stringify(chosen('AWS::IAM::Role'))).not.toContain('securityhub:');
  });

  it('that the configuration contradicts is refused, with what to do', () => {
    expect(() => stacks({ slack: 'true' }, { config: '' })).toThrow(
      /slack: is true, and the configuration has no slack/,
    );
    const socket = configuration.replace('transport: http', 'transport: socket');
    expect(() => stacks({}, { config: socket })).toThrow(/write "transport: http"/);
  });
});
