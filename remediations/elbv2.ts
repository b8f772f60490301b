export { listenerRemediations } from './elbv2/listeners.ts';
export { loadBalancerRemediations } from './elbv2/load-balancers.ts';
export { targetGroupRemediations } from './elbv2/target-groups.ts';
