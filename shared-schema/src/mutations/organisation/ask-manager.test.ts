import { expect, test } from 'vitest';
import { TABLET_1, TestTenant } from '../../testing/test-tenant.ts';
import { askedAboutId } from './ask-manager.ts';

test('[SY23] a question becomes a task that names the act, what became of it and who asks, and a manager can deal with it', async () => {
  const tenant = new TestTenant();
  const args = { n: 7, mutationName: 'item.edit', codes: ['identifier_taken'], question: 'Which of the two is right?' };

  const asked = await tenant.act('exception.ask', args, { actorId: 'pia', n: 8 });

  expect(asked.receipt.verdict).toBe('applied');
  const [task] = tenant.all('exception');
  expect(task).toMatchObject({
    deviceId: TABLET_1,
    n: 7,
    codes: ['manager_asked', 'identifier_taken'],
    actorId: 'pia',
    aboutId: askedAboutId(TABLET_1, 7),
    details: { question: 'Which of the two is right?' },
    status: 'open',
  });
  const resolve = { exceptionId: task?.id ?? '', resolution: 'The first' };
  expect((await tenant.act('exception.resolve', resolve, { actorId: 'max' })).receipt.verdict).toBe('applied');
});
