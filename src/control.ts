/**
 * The vocabulary of a control. `detectors/` and `remediations/` import this
 * file and nothing else of the engine.
 */
export { type Call, type ConcreteCall, call, concrete, ref } from './control/call.ts';
export { certificateKey, certificateNames, coversName } from './control/certificate.ts';
export { type Detector, type Detectors, detector, detectors } from './control/detector.ts';
export { type Document, document } from './control/document.ts';
export {
  type CloudTrailEvent,
  type EventIds,
  ids,
  idsAs,
  idsOfParts,
  place,
  placeIn,
  through,
} from './control/event.ts';
export {
  addStatement,
  allowsAction,
  covers,
  deniesPlaintext,
  freeSid,
  isEveryone,
  listOf,
  openStatements,
  orNoPolicy,
  type PolicyDocument,
  parsePolicy,
  type Statement,
  statementsOf,
  withStatements,
} from './control/policy-document.ts';
export { type Grant, grants } from './control/policy-grants.ts';
export {
  forPrincipals,
  isRootOf,
  type NamedPrincipal,
  pinEveryone,
  principalsOf,
  replaceStatements,
  rootArn,
  splitPrincipals,
  withoutEveryone,
} from './control/policy-principals.ts';
export {
  derive,
  lowerNextToken,
  missing,
  nextMarker,
  nextToken,
  only,
  type Read,
  type Reads,
  read,
  readEach,
  readPages,
} from './control/read.ts';
export {
  byHand,
  edit,
  type GuideLine,
  guide,
  optional,
  type Remediation,
  type Remediations,
  remediations,
  required,
  steps,
  until,
} from './control/remediation.ts';
export { type At, accountSettings, type Resource, regionSettings, resource, tagsFrom } from './control/resource.ts';
export { type Criticality, fail, pass, skip, type Verdict } from './control/verdict.ts';
