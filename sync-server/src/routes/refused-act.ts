import type { Receipt } from '#schema/sync/receipt.ts';
import { HttpProblem } from '../http/http-problem.ts';

/**
 * Answers a refused or quarantined act of a route as a problem: `role_not_allowed`, `invalid_request` (names the field), `act_refused` with
 * the act's own code in `details.code`. Anything kept, flagged or merged included, passes.
 */
export function refuseUnlessKept(receipt: Receipt | undefined): Receipt {
  if (!receipt) throw new Error('an act of a route came without a receipt');
  if (receipt.verdict !== 'refused' && receipt.verdict !== 'quarantined') return receipt;
  const code = receipt.codes[0] ?? '';
  if (code === 'role_not_allowed') throw new HttpProblem('role_not_allowed', { details: receipt.details });
  if (code === 'invalid_args') {
    const { field, problem } = receipt.details;
    const error = {
      field: typeof field === 'string' ? field : '',
      problem: typeof problem === 'string' ? problem : 'not valid',
      remedy: 'Give a value of the form described.',
    };
    throw new HttpProblem('invalid_request', { errors: [error] });
  }
  throw new HttpProblem('act_refused', { details: { ...receipt.details, code, n: receipt.n } });
}
