import { z } from 'zod';

/**
 * What OCSF 1.8.0 asks of a Compliance Finding, as far as Redress uses it:
 * required attributes, types and enum values, written down from tag 1.8.0 of
 * github.com/ocsf/ocsf-schema:
 *
 * - events/base_event.json: activity_id, category_uid, class_uid, metadata, severity_id, time and type_uid are required;
 * - events/findings/finding.json: activity_id 1 to 3, status_id 1 to 6, finding_info is required;
 * - events/findings/compliance_finding.json: uid 3 in category 2 (Findings), compliance is required;
 * - objects/compliance.json: status_id 1 to 3, with 0 and 99 from dictionary.json; check.json, remediation.json (desc is
 *   required), finding_info.json (uid is required), metadata.json (product and version are required), cloud.json
 *   (provider is required), account.json (type_id 10 is an AWS account), resource_details.json (role_id 1 to 4),
 *   key_value_object.json (name is required).
 *
 * Objects are strict: an attribute that is not in the schema is a mistake.
 */
const timestamp = z.int().positive();
const text = z.string().min(1);

export const complianceFinding = z
  .strictObject({
    activity_id: z.literal([1, 2, 3]),
    activity_name: z.enum(['Create', 'Update', 'Close']),
    category_uid: z.literal(2),
    category_name: z.literal('Findings'),
    class_uid: z.literal(2003),
    class_name: z.literal('Compliance Finding'),
    type_uid: z.int(),
    type_name: text,
    time: timestamp,
    start_time: timestamp,
    end_time: timestamp,
    severity_id: z.literal([0, 1, 2, 3, 4, 5, 6, 99]),
    severity: z.enum(['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical', 'Fatal', 'Other']),
    status_id: z.literal([0, 1, 2, 3, 4, 5, 6, 99]),
    status: text,
    message: text,
    metadata: z.strictObject({
      version: z.literal('1.8.0'),
      product: z.strictObject({ name: text, vendor_name: text, uid: text, version: text }),
      profiles: z.tuple([z.literal('cloud')]),
      event_code: text,
      log_name: text,
      uid: text,
    }),
    finding_info: z.strictObject({
      uid: text,
      title: text,
      desc: text,
      types: z.array(text),
      created_time: timestamp,
      first_seen_time: timestamp,
      last_seen_time: timestamp,
      modified_time: timestamp,
      related_events: z.array(z.strictObject({ uid: text, title: text })).optional(),
    }),
    compliance: z.strictObject({
      control: text,
      desc: text,
      standards: z.array(text),
      status_id: z.literal([0, 1, 2, 3, 99]),
      status: text,
      status_details: z.array(text),
    }),
    remediation: z.strictObject({ desc: text }),
    resources: z.array(
      z.strictObject({
        uid: text,
        name: text,
        type: text,
        region: text,
        cloud_partition: text,
        role_id: z.literal(3),
        role: z.literal('Affected'),
        tags: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
      }),
    ),
    cloud: z.strictObject({
      provider: z.literal('AWS'),
      region: text,
      cloud_partition: text,
      account: z.strictObject({ uid: text, type: z.literal('AWS Account'), type_id: z.literal(10) }),
    }),
    unmapped: z.record(z.string(), z.unknown()),
  })
  .refine(({ class_uid, activity_id, type_uid }) => type_uid === class_uid * 100 + activity_id);
