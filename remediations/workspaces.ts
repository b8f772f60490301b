export { directoryRemediations } from './workspaces/directories.ts';
export { endpointRemediations } from './workspaces/endpoints.ts';
export { workspaceRemediations } from './workspaces/workspaces.ts';
