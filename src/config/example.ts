/** The text that `redress init` writes: everything that can be set, most of it commented out. */
export function exampleConfig(): string {
  return `# Redress: what may be set right, how, and who decides.
# Secrets (Slack tokens, AWS keys) never stand here; they come from the environment.

# Dry-run: plans are shown, nothing is written. Set to true to let "redress serve" write.
apply: false

# Settings by control number; "redress controls" lists the controls with their modes and parameters.
# mode: auto (by itself), approve (after a yes), guided (a person, with a runbook) or off.
#controls:
#  "47":
#    mode: approve
#    parameters: { logBucket: my-access-logs }
#    regions:
#      eu-west-1: { parameters: { logBucket: my-access-logs-ireland } }
#  "48":
#    apply: true          # written even while everything else is in dry-run
#    approvals: 2         # two different people must say yes

# What differs in an account. A false here counts for every control that is not set for the account itself.
#accounts:
#  "123456789012":
#    apply: false
#    regions: [eu-west-1, us-east-1]   # nothing is written in any other region
#    controls:
#      "48": { mode: auto, apply: true }

# What differs for resources that carry a tag. Counts before the account; nothing is written where tags cannot be read.
#tags:
#  - key: env
#    value: sandbox       # without it any value counts
#    apply: true
#    controls:
#      "48": { mode: auto }

# Findings that are accepted for a time. All five are needed; * in the ARN stands for any text.
#exemptions:
#  - control: 48          # or a list: [48, 47]
#    resource: "arn:aws:s3:::scratch-*"
#    owner: data-team
#    reason: rebuilt every night
#    until: 2027-03-31    # the last day, in UTC

# Who may decide: names at the terminal or Slack user ids, and Slack user groups. Nobody else can.
#approvers:
#  - users: [alice]
#    groups: [S0123456]
#    controls: all        # or a list: [47, 48]
#    accounts: all        # or a list: ["123456789012"]
#    criticalities: all   # or a list: [LOW, MEDIUM]

# Who is who, so that one person counts once, and can be told apart from whoever caused a finding.
#people:
#  - name: alice          # at the terminal
#    slack: U0123456789
#    aws: ["arn:aws:iam::*:user/alice", "arn:aws:sts::*:assumed-role/*/alice@example.com"]

# Whoever caused a finding does not approve its fix. Can be set per control, too.
#fourEyes: false

# Where Redress asks in Slack. Tokens come from SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET.
#slack:
#  channel: C0123456789
#  routes:                # the first that fits counts
#    - { channel: C0987654321, criticalities: [HIGH], accounts: ["123456789012"] }
#  transport: socket      # or http, which listens on port 3000

# Brakes.
#limits:
#  writesPerControlPerHour: 20
#  writesPerAccountPerHour: 50
#  recurrences: 3         # how often a finding may return before a person is called
#  recurrenceWindowHours: 168

#timing:
#  settleSeconds: 10      # how long a resource is left alone before it is judged
#  approvalExpiryHours: 168
#  verifyTimeoutMinutes: 5   # how long AWS may take to show a change

# Where "redress serve" takes events from.
#queue:
#  url: https://sqs.eu-west-1.amazonaws.com/123456789012/redress
#  deadLetterUrl: https://sqs.eu-west-1.amazonaws.com/123456789012/redress-dead

# "redress serve" also judges everything that exists, spread over a day, and asks CloudTrail for events that never came.
#sweep:
#  everyHours: 24         # 0 switches it off
#  resourcesPerMinute: 600
#  missed: true
#  places:                # without it, the account and region that Redress runs in
#    - { account: "123456789012", regions: [eu-west-1, us-east-1] }

# What goes out: lifecycle events to an EventBridge bus, notices to an SNS topic.
#bus: redress
#topicArn: arn:aws:sns:eu-west-1:123456789012:redress-notices

# Findings into Security Hub of the account and region that Redress runs in.
#export:
#  securityHub: true

# The folder of the embedded store.
#stateFolder: .redress

# Instead of it, a DynamoDB table, which several bots may share.
#store:
#  table: redress

# How fast AWS is called, in each account, region and service, by all bots on one store together.
#rates:
#  callsPerSecond: 10     # on average
#  burst: 20              # at once
`;
}
