import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

/** A column: what its heading says, and whether it holds figures. */
export interface StackColumn {
  readonly header: string;
  readonly isFigure?: boolean;
}

/** A row; `cells` stand in the order of the columns, the first names the row. */
export interface StackRow {
  readonly key: string;
  readonly cells: readonly ReactNode[];
}

/** A table that becomes one card a row on a phone, each figure beside its heading, so that nothing is cut off. */
export function StackTable({
  label,
  columns,
  rows,
}: {
  readonly label: string;
  readonly columns: readonly StackColumn[];
  readonly rows: readonly StackRow[];
}) {
  const [, ...others] = columns;
  // A table laid out as blocks is no table to some readers any more unless it says so.
  return (
    <Table role="table" aria-label={label} className="stack-table figures">
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          {columns.map(({ header, isFigure }) => (
            <Table.Th key={header} role="columnheader" {...(isFigure === true ? { className: 'end' } : {})}>
              {header}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">
        {rows.map(({ key, cells }) => (
          <Table.Tr key={key} role="row">
            <Table.Th role="rowheader" scope="row">
              {cells[0]}
            </Table.Th>
            {others.map(({ header, isFigure }, i) => (
              <Table.Td key={header} role="cell" data-label={header} {...(isFigure === true ? { className: 'end' } : {})}>
                {cells[i + 1]}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
