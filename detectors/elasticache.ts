export { memcachedClusters } from './elasticache/memcached.ts';
export { redisCaches } from './elasticache/redis.ts';
