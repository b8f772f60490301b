import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { Criticality } from '../control/verdict.ts';
import { lineFor } from './errors.ts';

/**
 * The command line. Each command is a module of its own that is loaded when it
 * is called, so that none pays for what another needs. Names, shapes and exit
 * statuses are a contract with other programs.
 */

const FORMATS = ['text', 'json', 'markdown', 'cli'] as const;

const configOption = () => new Option('--config <file>', 'configuration file (default: redress.yaml, if there is one)');
const formatOption = (choices: readonly string[] = ['text', 'json']) =>
  new Option('--format <format>', 'what to print on standard output').choices(choices).default('text');
const controlOption = () =>
  new Option('--control <numbers>', 'only these controls, such as 48 or 48,57').argParser(controlNumbers);
const serviceOption = () => new Option('--service <service>', 'only this service, by its name in the AWS CLI');
const failOnOption = () =>
  new Option('--fail-on <criticality>', 'exit with 3 when a finding is at least this critical')
    .choices(['HIGH', 'MEDIUM', 'LOW'] satisfies Criticality[])
    .argParser((value) => value.toUpperCase());
const yesOption = () => new Option('--yes', 'do not ask on the terminal').default(false);

/** Every command, each reading its own options. */
function createProgram(): Command {
  const program = new Command('redress')
    .description('Sets AWS misconfigurations right as they happen. Dry-run unless told otherwise.')
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError('(see --help)');

  program
    .command('demo')
    .description('the whole story in the terminal, on an embedded sample account')
    .option('--fast', 'do not pause between scenes', false)
    .option('--slack', 'show what Slack shows, and what its buttons do', false)
    .action(async (options) => (await import('./demo.ts')).demo(options));

  program
    .command('controls')
    .description('the catalogue as defined in code')
    .addOption(controlOption())
    .addOption(serviceOption())
    .addOption(formatOption(['text', 'json', 'markdown']))
    .action(async (options) => (await import('./controls.ts')).controls(options));

  program
    .command('plan')
    .description('judge the resources that CloudTrail events name, and print change plans; never writes to AWS')
    .requiredOption('--event <file>', 'CloudTrail events: a file, or - for standard input')
    .addOption(controlOption())
    .addOption(formatOption(FORMATS))
    .addOption(failOnOption())
    .addOption(configOption())
    .action(async (options) => (await import('./plan.ts')).plan(options));

  program
    .command('scan')
    .description('the same for what exists in the account and region; never writes to AWS')
    .addOption(controlOption())
    .option('--resource <id>', 'only this resource, by id or ARN')
    .addOption(serviceOption())
    .addOption(formatOption(FORMATS))
    .addOption(failOnOption())
    .addOption(configOption())
    .action(async (options) => (await import('./scan.ts')).scan(options));

  program
    .command('apply')
    .description('apply plans that plan or scan printed; reads again first')
    .argument('<plans>', 'a file with plans, or - for standard input')
    .addOption(controlOption())
    .addOption(yesOption())
    .addOption(formatOption())
    .addOption(configOption())
    .action(async (file, options) => (await import('./apply.ts')).apply(file, options));

  program
    .command('undo')
    .description('take an applied plan back')
    .argument('<finding>', 'id of a finding, such as f-0123456789ab')
    .addOption(yesOption())
    .addOption(formatOption())
    .addOption(configOption())
    .action(async (finding, options) => (await import('./undo.ts')).undo(finding, options));

  program
    .command('serve')
    .description('the bot: take events from the configured source until stopped')
    .addOption(configOption())
    .action(async (options) => (await import('./serve.ts')).serve(options));

  program
    .command('findings')
    .description('what is known')
    .addOption(controlOption())
    .option('--state <states>', 'only these states, such as waiting,proposed', (value: string) => value.split(','))
    .addOption(formatOption())
    .addOption(configOption())
    .action(async (options) => (await import('./findings.ts')).findings(options));

  program
    .command('show')
    .description('the whole history of one finding')
    .argument('<finding>')
    .addOption(formatOption())
    .addOption(configOption())
    .action(async (finding, options) => (await import('./findings.ts')).show(finding, options));

  program
    .command('export')
    .description('what is known, as JSON for other programs')
    .addOption(
      new Option('--format <format>', 'asff is what Security Hub takes')
        .choices(['asff', 'ocsf'])
        .makeOptionMandatory(),
    )
    .addOption(controlOption())
    .option('--state <states>', 'only these states, such as waiting,needsPerson', (value: string) => value.split(','))
    .addOption(configOption())
    .action(async (options) => (await import('./export.ts')).exportFindings(options));

  for (const decision of ['approve', 'deny'] as const) {
    program
      .command(decision)
      .description(`${decision} the plan of a finding that waits`)
      .argument('<finding>')
      .option('--reason <text>', 'why; kept in the audit trail')
      .option('--as <user>', 'the approver named in the configuration (default: your login name)')
      .addOption(formatOption())
      .addOption(configOption())
      .action(async (finding, options) => (await import('./decide.ts')).decide(decision, finding, options));
  }

  program
    .command('exempt')
    .description('accept a finding for a time')
    .argument('<finding>')
    .requiredOption('--until <date>', 'the last day, such as 2027-03-31')
    .requiredOption('--owner <name>', 'who answers for it')
    .requiredOption('--reason <text>', 'why it is accepted')
    .addOption(formatOption())
    .addOption(configOption())
    .action(async (finding, options) => (await import('./decide.ts')).exempt(finding, options));

  program
    .command('stop')
    .description('hold every write')
    .option('--reason <text>', 'why; shown wherever a write is held', 'stopped from the terminal')
    .addOption(configOption())
    .action(async (options) => (await import('./stop.ts')).stop(options));

  program
    .command('resume')
    .description('let writes go again')
    .addOption(configOption())
    .action(async (options) => (await import('./stop.ts')).resume(options));

  const audit = program.command('audit').description('the audit trail');
  audit
    .command('verify')
    .description('check the chain of the audit trail')
    .addOption(formatOption())
    .addOption(configOption())
    .action(async (options) => (await import('./audit.ts')).verify(options));

  program
    .command('doctor')
    .description('configuration, credentials, store, queue: what works, what does not, how to mend it')
    .addOption(formatOption())
    .addOption(configOption())
    .action(async (options) => (await import('./doctor.ts')).doctor(options));

  program
    .command('init')
    .description('write a commented redress.yaml')
    .option('--force', 'replace a file that exists', false)
    .addOption(configOption())
    .action(async (options) => (await import('./init.ts')).init(options));
  return program;
}

/**
 * Runs one command line, without the program's name.
 *
 * @returns the exit status: 0 done, 1 could not be done, 2 wrong usage, 3 findings as critical as asked for
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  process.exitCode = 0;
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    return error instanceof CommanderError ? usageStatus(error) : failure(error);
  }
  return Number(process.exitCode);
}

/** Help and version are no errors; everything else that commander throws is wrong usage. */
function usageStatus({ exitCode }: CommanderError): number {
  return exitCode === 0 ? 0 : 2;
}

function failure(error: unknown): number {
  process.stderr.write(`redress: ${lineFor(error)}\n`);
  return 1;
}

function controlNumbers(value: string): number[] {
  return value.split(',').map((part) => {
    const number = Number(part.trim());
    if (!Number.isInteger(number) || number <= 0) throw new InvalidArgumentError(`"${part}" is not a control number.`);
    return number;
  });
}
