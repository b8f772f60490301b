export { listenerDetectors } from './elbv2/listeners.ts';
export { loadBalancerDetectors } from './elbv2/load-balancers.ts';
export { targetGroupDetectors } from './elbv2/target-groups.ts';
