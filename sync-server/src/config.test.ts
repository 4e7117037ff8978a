import path from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER, readConfig } from './config.ts';

test('an empty environment starts the demo on port 8080 with its data in the project', () => {
  expect(readConfig({ PORT: '' })).toEqual({
    ok: true,
    value: {
      port: 8080,
      host: '127.0.0.1',
      dataDir: path.join(PROJECT_FOLDER, '.data'),
      databaseUrl: null,
      rescueSecret: null,
      demo: true,
      demoPassword: 'demo-pharmacy',
      logLevel: 'info',
    },
  });
});

test('every fault is listed, not only the first', () => {
  const read = readConfig({ PORT: '99999', DATABASE_URL: 'mysql://x', DEMO: 'yes', DEMO_PASSWORD: 'short', LOG_LEVEL: 'loud' });
  expect(read.ok).toBe(false);
  const faults = read.ok ? [] : read.error.map((line) => line.split(':')[0]);
  expect(faults).toEqual(['PORT', 'DATABASE_URL', 'DEMO', 'DEMO_PASSWORD', 'LOG_LEVEL']);
});

test('an absolute DATA_DIR is taken as it is, and other variables of the environment are ignored', () => {
  const read = readConfig({ DATA_DIR: '/srv/pharmacy', HOME: '/root' });
  expect(read.ok && read.value.dataDir).toBe(path.resolve('/srv/pharmacy'));
});
