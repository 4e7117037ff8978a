import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({ image: z.string().optional(), build: z.string().optional(), environment: z.record(z.string(), z.string()) }),
  ),
});

test('docker-compose.yml parses and starts Postgres and the server', () => {
  const compose = composeSchema.parse(parse(readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8')));
  expect(Object.keys(compose.services)).toEqual(['postgres', 'server']);
  expect(compose.services.server?.environment.DATABASE_URL).toContain('@postgres:5432/');
});
