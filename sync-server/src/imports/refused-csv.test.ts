import { expect, test } from 'vitest';
import { refusedRowsCsv } from './refused-csv.ts';

test('cells that a spreadsheet would run are made harmless, quotes and separators are kept', () => {
  const row = { row: 7, field: 'name', problem: 'cell_is_formula', remedy: 'Write plain text.' };
  const cells = ['=1+1', '+33', '-2', '@x', '\tx', '\rx', 'a "b", c', 'plain'];
  const csv = refusedRowsCsv(cells.map((value) => ({ ...row, value })));
  expect(csv.split('\r\n').map((line) => line.replace(/^7,name,|,cell_is_formula,Write plain text\.$/g, ''))).toEqual([
    'row,field,value,problem,remedy',
    "'=1+1",
    "'+33",
    "'-2",
    "'@x",
    "'\tx",
    '"\'\rx"',
    '"a ""b"", c"',
    'plain',
    '',
  ]);
});
