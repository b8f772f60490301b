import { detectorTables } from '../detectors/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { remediationTables } from '../remediations/index.ts';
import { joinCatalogue } from './catalogue.ts';

/** Every control that this version knows. */
export const catalogue = joinCatalogue(detectorTables, remediationTables);

export const { version } = packageJson;
