export { memcachedRemediations } from './elasticache/memcached.ts';
export { redisRemediations } from './elasticache/redis.ts';
