import { domain, locked, privacy, registeredDomains, renews } from '../detectors/route53domains.ts';
import { byHand, call, concrete, document, edit, guide, remediations, steps, until } from '../src/control.ts';

const named = ({ id }: { readonly id: string }) => ({ DomainName: id });

const renewDocument = document(renews, {
  write: [
    call('route53domains', 'EnableDomainAutoRenew', (at, on) => (on ? named(at) : undefined)),
    call('route53domains', 'DisableDomainAutoRenew', (at, on) => (on ? undefined : named(at))),
  ],
});

/** Registries take their time: AWS answers with an operation, and refuses the same one twice while it runs. */
const RUNNING = { already: ['DuplicateRequest'] };
const HIDDEN = { AdminPrivacy: true, RegistrantPrivacy: true, TechPrivacy: true, BillingPrivacy: true };

/** So close to its end, turning renewal on may charge the fee at once. */
const CHARGED_DAYS = 45;

export const registeredDomainRemediations = remediations(registeredDomains, {
  162: steps(
    {
      mode: 'auto',
      impact: 'none: the domain resolves as before; a transfer that somebody began has to wait',
      reads: { locked },
    },
    ({ step }) => [
      step('lock', call('route53domains', 'EnableDomainTransferLock', named, RUNNING), {
        repeat: 'safe',
        undo: call('route53domains', 'DisableDomainTransferLock', named, RUNNING),
        until: until(locked, (on) => on),
      }),
    ],
    () => ({ locked: true }),
  ),

  163: edit(
    renewDocument,
    {
      mode: 'auto',
      impact: 'none now: the yearly fee is charged when the domain is renewed',
      reads: { domain },
      note: `Within ${CHARGED_DAYS} days of its end the fee may be charged at once and is not refunded: then a person decides.`,
    },
    (_, { id, now, domain: { ExpirationDate } }) => {
      const days = ExpirationDate && Math.floor((ExpirationDate.getTime() - now.getTime()) / 86_400_000);
      return days !== undefined && days < CHARGED_DAYS
        ? byHand(
            `${id} ends in ${days} days, so renewal may be charged at once, and is not refunded. If it is wanted: aws route53domains enable-domain-auto-renew --region us-east-1 --domain-name ${id}`,
          )
        : true;
    },
  ),

  164: guide(
    {
      impact: 'money is spent, and not refunded; the domain resolves again after the renewal',
      reads: { domain },
      note: 'Redress spends no money: a call that is sent twice may pay twice. The document names no call; it is RenewDomain.',
    },
    ({ id, domain: { ExpirationDate, StatusList = [] } }) => {
      const lost = StatusList.filter((status) => /^(redemptionPeriod|pendingDelete)$/i.test(status));
      const year = ExpirationDate?.getUTCFullYear() ?? 0;
      return [
        {
          text: `${id} expired on ${ExpirationDate?.toISOString().slice(0, 10)} (status: ${StatusList.join(', ') || 'none'}). Ask its owner whether it is still wanted: mail, certificates and logins may hang on it. If not, let it go and exempt it.`,
        },
        ...(lost.length > 0
          ? [
              {
                text: `It is in ${lost.join(', ')}: it cannot be renewed any more. Open a case with AWS Support at once to restore it, for a higher fee; after that period anybody may register it.`,
              },
            ]
          : [
              {
                text: `Look first whether a renewal is under way, so that nothing is paid twice: aws route53domains list-operations --region us-east-1 --type RENEW_DOMAIN. Then renew for a year (in us-east-1). Some endings allow this for a few days only.`,
                call: concrete('route53domains', 'RenewDomain', {
                  DomainName: id,
                  CurrentExpiryYear: year,
                  DurationInYears: 1,
                }),
              },
              {
                text: 'Follow the operation by the id that was answered, until it is SUCCESSFUL: aws route53domains get-operation-detail --region us-east-1 --operation-id <operation-id>. If it fails, do not repeat it before you know why (mostly payment).',
              },
            ]),
        {
          text: `Check with dig ${id} NS and with what hangs on the name, and let it renew by itself from now on (control 163).`,
        },
      ];
    },
  ),

  445: steps(
    {
      mode: 'auto',
      impact: 'none for DNS: the register shows a stand-in; mail to the old address of the register ends',
      reads: { privacy },
      note: 'AWS asks for one setting for all contacts: undoing a mixed one may be refused.',
    },
    ({ step }) => [
      step(
        'hide',
        call('route53domains', 'UpdateDomainContactPrivacy', (at) => ({ ...named(at), ...HIDDEN }), RUNNING),
        {
          repeat: 'safe',
          undo: call(
            'route53domains',
            'UpdateDomainContactPrivacy',
            ({ id, privacy }) => ({ ...named({ id }), ...privacy }),
            RUNNING,
          ),
          until: until(privacy, (shown) => Object.values(shown).every(Boolean)),
        },
      ),
    ],
    () => ({ privacy: HIDDEN }),
  ),
});
