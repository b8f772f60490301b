export { directories } from './workspaces/directories.ts';
export { endpointDetectors } from './workspaces/endpoints.ts';
export { workspaces } from './workspaces/workspaces.ts';
