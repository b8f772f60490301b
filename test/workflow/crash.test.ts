import { openLibsqlStore } from '../../src/store/libsql.ts';
import { crashes, stories } from './crashes.ts';

for (const story of stories) crashes(story, async () => openLibsqlStore(':memory:'));
