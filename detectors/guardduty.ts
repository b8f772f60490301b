import {
  derive,
  detectors,
  fail,
  nextToken,
  pass,
  place,
  placeIn,
  readEach,
  readPages,
  regionSettings,
} from '../src/control.ts';

const detectorIds = readPages(
  'guardduty',
  'ListDetectors',
  () => ({}),
  (out) => out.DetectorIds ?? [],
  nextToken,
);

const statuses = readEach(
  'guardduty',
  'GetDetector',
  ({ detectorIds }) => detectorIds.map((DetectorId) => ({ DetectorId })),
  (out) => out.Status,
  { needs: { detectorIds } },
);

/** The detector of a region, of which there is one at most, or nothing. */
export const guardDutyDetector = derive({ detectorIds, statuses }, ({ detectorIds: [id], statuses: [status] }) =>
  id === undefined ? undefined : { id, status },
);

export const threatDetection = detectors(regionSettings('guardduty'), {
  387: {
    title: 'GuardDuty watches the region',
    criticality: 'MEDIUM',
    on: {
      'guardduty:CreateDetector': place,
      'guardduty:UpdateDetector': place,
      'guardduty:DeleteDetector': place,
      'account:EnableRegion': placeIn('requestParameters.regionName'),
    },
    reads: { guardDutyDetector },
    check: ({ guardDutyDetector: one }) => {
      if (one === undefined) return fail('GuardDuty was never enabled in this region');
      return one.status === 'ENABLED' ? pass : fail('GuardDuty is suspended in this region');
    },
    note: 'Judged region by region; the document fails an account for any region. When an administrator stops the monitoring of a member, only the administrator has an event of it: the sweep finds the member.',
  },
});
