import type { DomainStatus } from '@aws-sdk/client-opensearch';
import { derive, detectors, fail, pass, skip } from '../../src/control.ts';
import { changes, domain, domains, engineName, isBefore } from './domains.ts';

/** Both kinds of encryption: neither can be switched off again, and each switch-on rebuilds the domain. */
export const encryption = derive({ domain }, ({ domain }) => ({
  atRest: domain.EncryptionAtRestOptions ?? { Enabled: false },
  nodeToNode: domain.NodeToNodeEncryptionOptions ?? { Enabled: false },
}));

/** How the domain's endpoint is reached. Its custom name is in force only while that is enabled. */
export const endpoint = derive({ domain }, ({ domain }) => {
  const { CustomEndpoint, CustomEndpointCertificateArn, ...rest } = {
    EnforceHTTPS: false,
    ...domain.DomainEndpointOptions,
  };
  return rest.CustomEndpointEnabled ? { ...rest, CustomEndpoint, CustomEndpointCertificateArn } : rest;
});

/** The volumes of the data nodes. */
export const volumes = derive({ domain }, ({ domain }) => domain.EBSOptions ?? { EBSEnabled: false });

/** The nodes, and where they are: zones and subnets have to change together. */
export const cluster = derive({ domain }, ({ domain }) => {
  const { SubnetIds = [], SecurityGroupIds = [], EgressEnabled } = domain.VPCOptions ?? {};
  const egress = EgressEnabled === undefined ? {} : { EgressEnabled };
  return {
    nodes: domain.ClusterConfig ?? {},
    vpc: SubnetIds.length === 0 ? undefined : { SubnetIds, SecurityGroupIds, ...egress },
  };
});

/** How people log in to the Dashboards through Cognito. */
export const cognito = derive({ domain }, ({ domain }) => domain.CognitoOptions ?? { Enabled: false });

const GENERAL_PURPOSE: readonly string[] = ['gp2', 'gp3'];

/** What people log in to the Dashboards by instead of Cognito, if they do. */
export function otherLogin({ AdvancedSecurityOptions, IdentityCenterOptions }: DomainStatus): string | undefined {
  if (AdvancedSecurityOptions?.SAMLOptions?.Enabled) return 'SAML';
  if (IdentityCenterOptions?.EnabledAPIAccess) return 'IAM Identity Center';
  return undefined;
}

export const domainOptions = detectors(domains, {
  156: {
    title: 'OpenSearch domain encrypts traffic between its nodes',
    criticality: 'HIGH',
    on: changes,
    reads: { domain, encryption },
    check: ({ domain, encryption }) => {
      if (encryption.nodeToNode.Enabled) return pass;
      if (isBefore(domain, 6, 0))
        return skip(`${engineName(domain)} cannot encrypt between nodes; 159 has it upgraded`);
      return fail('traffic between its nodes is not encrypted');
    },
    note: 'The document says that existing domains cannot switch it on. They can: with any OpenSearch, and with Elasticsearch since 6.7. Its way out is a second domain, paid for and empty.',
  },
  285: {
    title: 'OpenSearch domain is encrypted at rest',
    criticality: 'HIGH',
    on: changes,
    reads: { encryption },
    check: ({ encryption }) => (encryption.atRest.Enabled ? pass : fail('its indexes and snapshots are not encrypted')),
    note: 'The document makes a new domain and leaves the old one as it is; existing ones can be encrypted in place with any OpenSearch and with Elasticsearch since 6.7. Its advice to switch fine-grained access control off is not followed.',
  },
  326: {
    title: 'OpenSearch domain answers by HTTPS only',
    criticality: 'HIGH',
    on: changes,
    reads: { endpoint },
    check: ({ endpoint }) => (endpoint.EnforceHTTPS ? pass : fail('it answers unencrypted HTTP as well')),
  },
  496: {
    title: 'OpenSearch domain keeps its data on general purpose SSD',
    criticality: 'LOW',
    on: changes,
    reads: { volumes },
    check: ({ volumes: { EBSEnabled, VolumeType } }) => {
      if (!EBSEnabled) return skip('its data nodes have disks of their own, and no EBS volumes');
      if (GENERAL_PURPOSE.includes(VolumeType ?? '')) return pass;
      return fail(`its volumes are of type ${VolumeType ?? 'unknown'}`);
    },
    note: 'The document speaks of node types and names gp2 only; the volume type is judged, and gp3 passes as well. Instances such as i2 have disks of their own: there is no volume to change.',
  },
  498: {
    title: 'OpenSearch domain is spread over several zones',
    criticality: 'MEDIUM',
    on: changes,
    reads: { cluster },
    check: ({ cluster: { nodes } }) =>
      nodes.ZoneAwarenessEnabled || nodes.MultiAZWithStandbyEnabled ? pass : fail('all its nodes are in one zone'),
  },
  499: {
    title: 'OpenSearch Dashboards are logged in to through Cognito',
    criticality: 'MEDIUM',
    on: changes,
    reads: { domain, cognito },
    check: ({ domain, cognito }) => {
      if (cognito.Enabled) return pass;
      if (isBefore(domain, 5, 1)) return skip(`${engineName(domain)} knows no Cognito`);
      const other = otherLogin(domain);
      return fail(other === undefined ? 'Cognito is off' : `Cognito is off; people log in by ${other}`);
    },
    note: 'The document knows Cognito only. A domain whose Dashboards are logged in to by SAML or IAM Identity Center fails by the letter and is as well protected: exempt it. Either way the REST API is not covered by this.',
  },
  500: {
    title: 'OpenSearch domain has dedicated master nodes',
    criticality: 'MEDIUM',
    on: changes,
    reads: { cluster },
    check: ({ cluster: { nodes } }) => (nodes.DedicatedMasterEnabled ? pass : fail('it has no dedicated master nodes')),
    note: 'For a small domain three masters cost more than the domain itself: exempt what is only for tests.',
  },
});
