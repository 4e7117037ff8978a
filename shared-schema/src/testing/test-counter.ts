import type { Judgement } from '../decide-acts.ts';
import { recordIdOf } from '../ids.ts';
import type { Item } from '../records/item.ts';
import { lotIdOf } from '../records/lot.ts';
import type { Shop } from '../records/shop.ts';
import type { Till } from '../records/till.ts';
import { type ActAt, TABLET_1, TestTenant, testSha256 } from './test-tenant.ts';

/** Parts of a ticket that tests vary; the rest is one pack of 10.00 with 2.10 % VAT, paid in cash to the cent. */
export interface TestSale {
  readonly itemId?: string;
  readonly units?: number;
  readonly packPriceMinor?: number;
  readonly payments?: readonly { methodId: string; tenderedMinor: number; amountMinor: number }[];
  readonly roundingMinor?: number;
  readonly changeMinor?: number;
  readonly totalMinor?: number;
  readonly lot?: { lotId: string | null; lotText: string | null; expiryOn: string | null };
  readonly fefoSkipped?: boolean;
  readonly fefoReason?: string | null;
}

/** The pharmacy of `TestTenant` with a shop, two tills and an item that has a lot of 100 units. Amounts in euro cents. */
export class TestCounter extends TestTenant {
  readonly till1 = 'till-1';
  readonly till2 = 'till-2';
  readonly itemId = 'item-1';
  readonly lotId = lotIdOf('item-1', 'L1', '2027-06-30', testSha256);

  constructor(shop: Partial<Shop> = {}) {
    super();
    this.put('shop', { ...testShop(), ...shop });
    for (const id of [this.till1, this.till2]) this.put('till', testTill(id));
    this.putItem({});
    this.put('lot', {
      id: this.lotId,
      itemId: this.itemId,
      lotText: 'L1',
      expiryOn: '2027-06-30',
      status: 'usable',
      onHandUnits: 100,
      firstReceivedAt: 0,
      lastCount: null,
      edits: [],
    });
  }

  /** Stores an item of ten units a pack at 10.00. */
  putItem(item: Partial<Item>): void {
    this.put('item', { ...testItem(), ...item });
  }

  /** Opens a till; answers the session's id. */
  async open(tillId = this.till1, floatMinor = 10_000, at: ActAt = {}): Promise<string> {
    const deviceId = at.deviceId ?? TABLET_1;
    const judgement = await this.act(
      'cashSession.open',
      { tillId, currency: 'EUR', floatMinor, floatDenominations: null, offsetMinutes: 60 },
      at,
    );
    return recordIdOf(deviceId, judgement.receipt.n, 0);
  }

  /** Records a sale. */
  sell(sessionId: string, sale: TestSale = {}, at: ActAt = {}, tillId = this.till1): Promise<Judgement> {
    return this.act('sale.record', this.saleArgs(sessionId, sale, tillId), at);
  }

  /** Arguments of a sale. */
  saleArgs(sessionId: string, sale: TestSale = {}, tillId = this.till1) {
    const units = sale.units ?? 10;
    const packPriceMinor = sale.packPriceMinor ?? 1_000;
    const totalMinor = sale.totalMinor ?? Math.floor((2 * packPriceMinor * units + 10) / 20);
    const roundingMinor = sale.roundingMinor ?? 0;
    const paidMinor = totalMinor + roundingMinor;
    return {
      sessionId,
      tillId,
      lines: [
        {
          itemId: sale.itemId ?? this.itemId,
          name: 'Paracetamol',
          units,
          unitsPerPack: 10,
          packPriceMinor,
          vatRateBp: 210,
          lots: [{ ...(sale.lot ?? { lotId: this.lotId, lotText: null, expiryOn: null }), units }],
          fefoSkipped: sale.fefoSkipped ?? false,
          fefoReason: sale.fefoReason ?? null,
        },
      ],
      payments: sale.payments ?? [{ methodId: 'cash', tenderedMinor: paidMinor, amountMinor: paidMinor }],
      totalMinor,
      roundingMinor,
      changeMinor: sale.changeMinor ?? 0,
    };
  }

  /** Records a movement in cash. */
  move(sessionId: string, type: string, amountMinor: number, at: ActAt = {}, tillId = this.till1): Promise<Judgement> {
    const rest = { methodId: 'cash', note: '', reference: 'B-1', witnessId: null };
    return this.act('cashMovement.record', { sessionId, tillId, type, amountMinor, ...rest }, at);
  }

  /** Closes a session with amounts per method. */
  close(sessionId: string, counted: Readonly<Record<string, number>>, at: ActAt = {}, tillId = this.till1): Promise<Judgement> {
    return this.act('cashSession.close', { sessionId, tillId, counts: countsOf(counted) }, at);
  }

  /** Counts a session again. */
  recount(sessionId: string, counted: Readonly<Record<string, number>>, at: ActAt = {}): Promise<Judgement> {
    return this.act('cashSession.recount', { sessionId, counts: countsOf(counted) }, at);
  }

  /** What the books expect of a method. */
  expected(sessionId: string, methodId = 'cash'): number {
    return this.get('cashTotals', sessionId)?.methods.find((one) => one.methodId === methodId)?.expectedMinor ?? 0;
  }

  /** Σ of the ledger's lines of a session and method. */
  ledgerSum(sessionId: string, methodId = 'cash'): number {
    return this.all('cashMovement')
      .filter((one) => one.sessionId === sessionId && one.methodId === methodId)
      .reduce((sum, one) => sum + one.amountMinor, 0);
  }
}

function countsOf(counted: Readonly<Record<string, number>>) {
  return Object.entries(counted).map(([methodId, countedMinor]) => ({ methodId, countedMinor, denominations: null }));
}

/** A closed till that never had a session. */
export function testTill(id: string, name = id): Till {
  return {
    id,
    name,
    openSessionId: null,
    lastSessionId: null,
    lastZNumber: 0,
    skippedZNumbers: [],
    lastZHash: null,
    lastClosedOn: null,
    grandSalesMinor: 0,
    grandRefundsMinor: 0,
    grandDocuments: 0,
    lateWaiting: [],
  };
}

/** A shop in Paris: cash, cheque, card and insurer; no cash rounding; 2.00 and 20.00. */
export function testShop(): Shop {
  return {
    id: 'shop',
    name: 'Test pharmacy',
    country: 'FR',
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    cutOffMinutes: 240,
    cashRounding: { incrementMinor: 1, onMixedPayment: 'exact' },
    paymentMethods: [
      { id: 'cash', name: 'Cash', nature: 'countable', isCash: true, active: true },
      { id: 'cheque', name: 'Cheque', nature: 'countable', isCash: false, active: true },
      { id: 'card', name: 'Card', nature: 'statement', isCash: false, active: true },
      { id: 'insurer', name: 'Insurer', nature: 'receivable', isCash: false, active: true },
    ],
    vatRates: [{ rateBp: 210, name: 'Medicine' }],
    defaultVatRateBp: 210,
    varianceLimits: { acceptUpToMinor: 200, reasonUpToMinor: 2_000 },
    selfApproval: false,
    sharedTills: false,
    createdOn: '2026-01-01',
    edits: [],
  };
}

function testItem(): Item {
  return {
    id: 'item-1',
    name: 'Paracetamol',
    form: 'tablet',
    route: 'oral',
    substances: 'paracetamol',
    strength: '500 mg',
    packLabel: '10 tablets',
    unitsPerPack: 10,
    atc: 'N02BE01',
    schedule: 'none',
    coldChain: false,
    identifiers: [],
    packPriceMinor: 1_000,
    packCostMinor: null,
    vatRateBp: 210,
    holder: '',
    status: 'active',
    createdAt: 0,
    priceSetAt: 0,
    edits: [],
  };
}
