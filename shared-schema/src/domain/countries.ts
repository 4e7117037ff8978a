/** Countries a pharmacy may be in, and what a new one there starts with. Names are the screen's matter. */
import type { Currency } from '../money.ts';

/** ISO 3166-1 alpha-2 codes. */
export const COUNTRY_CODES: readonly string[] = [
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO',
  'CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR',
  'HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN',
  'MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD',
  'SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE',
  'YT ZA ZM ZW',
].flatMap((row) => row.split(' '));

/** Currency and time zone of a country; the zone is null where there are several, and the device's own is the better guess. */
export interface CountryDefaults {
  readonly currency: Currency;
  readonly timeZone: string | null;
}

const EURO_ZONES: Readonly<Record<string, string>> = {
  AT: 'Europe/Vienna',
  BE: 'Europe/Brussels',
  BG: 'Europe/Sofia',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EE: 'Europe/Tallinn',
  ES: 'Europe/Madrid',
  FI: 'Europe/Helsinki',
  FR: 'Europe/Paris',
  GF: 'America/Cayenne',
  GP: 'America/Guadeloupe',
  GR: 'Europe/Athens',
  HR: 'Europe/Zagreb',
  IE: 'Europe/Dublin',
  IT: 'Europe/Rome',
  LT: 'Europe/Vilnius',
  LU: 'Europe/Luxembourg',
  LV: 'Europe/Riga',
  MC: 'Europe/Monaco',
  MQ: 'America/Martinique',
  MT: 'Europe/Malta',
  NL: 'Europe/Amsterdam',
  PT: 'Europe/Lisbon',
  RE: 'Indian/Reunion',
  SI: 'Europe/Ljubljana',
  SK: 'Europe/Bratislava',
  YT: 'Indian/Mayotte',
};

const CFA_ZONES: Readonly<Record<string, string>> = {
  BF: 'Africa/Ouagadougou',
  BJ: 'Africa/Porto-Novo',
  CI: 'Africa/Abidjan',
  GW: 'Africa/Bissau',
  ML: 'Africa/Bamako',
  NE: 'Africa/Niamey',
  SN: 'Africa/Dakar',
  TG: 'Africa/Lome',
};

const OTHERS: Readonly<Record<string, CountryDefaults>> = {
  CH: { currency: 'CHF', timeZone: 'Europe/Zurich' },
  GB: { currency: 'GBP', timeZone: 'Europe/London' },
  IN: { currency: 'INR', timeZone: 'Asia/Kolkata' },
  LI: { currency: 'CHF', timeZone: 'Europe/Vaduz' },
  MA: { currency: 'MAD', timeZone: 'Africa/Casablanca' },
  TN: { currency: 'TND', timeZone: 'Africa/Tunis' },
  US: { currency: 'USD', timeZone: null },
};

/** What a pharmacy in a country starts with; null where nothing is known, and a person chooses. */
export function countryDefaults(country: string): CountryDefaults | null {
  const euro = EURO_ZONES[country];
  if (euro !== undefined) return { currency: 'EUR', timeZone: euro };
  const cfa = CFA_ZONES[country];
  if (cfa !== undefined) return { currency: 'XOF', timeZone: cfa };
  return OTHERS[country] ?? null;
}

/** The country whose own zone this is, or null: the first guess on a fresh device. */
export function countryOfTimeZone(timeZone: string): string | null {
  return COUNTRY_CODES.find((country) => countryDefaults(country)?.timeZone === timeZone) ?? null;
}
