import { AsignioError } from '@asignio/contracts';

/** Who takes complaints about how personal data are used. */
export interface Regulator {
  /** ISO 3166-1 alpha-2, or 3166-2 for a state; `EU` for the list of all. */
  readonly region: string;
  readonly name: string;
  readonly url: string;
}

const regulator = (region: string, name: string, url: string): Regulator => ({ region, name, url });

/**
 * Authorities by place. Source: the list of members of the European Data Protection Board
 * (https://www.edpb.europa.eu/about-edpb/about-edpb/members_en), the authorities' own sites for the rest. The laws that make
 * them so: GDPR Art. 77; UK Data Protection Act 2018 s. 165; Tex. Bus. & Com. Code §503.001(d); Cal. Civ. Code
 * §1798.199.10; C.R.S. 6-1-1311; RCW 19.373.090. BIPA gives a right of action (740 ILCS 14/20); Illinois' attorney general
 * takes complaints of consumers.
 */
export const REGULATORS: readonly Regulator[] = [
  regulator(
    'EU',
    'European Data Protection Board: the authority of each country',
    'https://www.edpb.europa.eu/about-edpb/about-edpb/members_en',
  ),
  regulator('AT', 'Österreichische Datenschutzbehörde', 'https://www.dsb.gv.at'),
  regulator(
    'BE',
    'Gegevensbeschermingsautoriteit / Autorité de protection des données',
    'https://www.dataprotectionauthority.be',
  ),
  regulator('BG', 'Commission for Personal Data Protection', 'https://www.cpdp.bg'),
  regulator('HR', 'Agencija za zaštitu osobnih podataka', 'https://azop.hr'),
  regulator('CY', 'Commissioner for Personal Data Protection', 'https://www.dataprotection.gov.cy'),
  regulator('CZ', 'Úřad pro ochranu osobních údajů', 'https://www.uoou.gov.cz'),
  regulator('DK', 'Datatilsynet', 'https://www.datatilsynet.dk'),
  regulator('EE', 'Andmekaitse Inspektsioon', 'https://www.aki.ee'),
  regulator('FI', 'Tietosuojavaltuutetun toimisto', 'https://tietosuoja.fi'),
  regulator('FR', 'Commission nationale de l’informatique et des libertés', 'https://www.cnil.fr'),
  regulator(
    'DE',
    'Der Bundesbeauftragte für den Datenschutz und die Informationsfreiheit; each Land has its own',
    'https://www.bfdi.bund.de',
  ),
  regulator('GR', 'Hellenic Data Protection Authority', 'https://www.dpa.gr'),
  regulator('HU', 'Nemzeti Adatvédelmi és Információszabadság Hatóság', 'https://www.naih.hu'),
  regulator('IE', 'Data Protection Commission', 'https://www.dataprotection.ie'),
  regulator('IT', 'Garante per la protezione dei dati personali', 'https://www.garanteprivacy.it'),
  regulator('LV', 'Datu valsts inspekcija', 'https://www.dvi.gov.lv'),
  regulator('LT', 'Valstybinė duomenų apsaugos inspekcija', 'https://vdai.lrv.lt'),
  regulator('LU', 'Commission nationale pour la protection des données', 'https://cnpd.public.lu'),
  regulator('MT', 'Information and Data Protection Commissioner', 'https://idpc.org.mt'),
  regulator('NL', 'Autoriteit Persoonsgegevens', 'https://autoriteitpersoonsgegevens.nl'),
  regulator('PL', 'Urząd Ochrony Danych Osobowych', 'https://uodo.gov.pl'),
  regulator('PT', 'Comissão Nacional de Proteção de Dados', 'https://www.cnpd.pt'),
  regulator(
    'RO',
    'Autoritatea Naţională de Supraveghere a Prelucrării Datelor cu Caracter Personal',
    'https://www.dataprotection.ro',
  ),
  regulator('SK', 'Úrad na ochranu osobných údajov', 'https://dataprotection.gov.sk'),
  regulator('SI', 'Informacijski pooblaščenec', 'https://www.ip-rs.si'),
  regulator('ES', 'Agencia Española de Protección de Datos', 'https://www.aepd.es'),
  regulator('SE', 'Integritetsskyddsmyndigheten', 'https://www.imy.se'),
  regulator('IS', 'Persónuvernd', 'https://www.personuvernd.is'),
  regulator('LI', 'Datenschutzstelle', 'https://www.datenschutzstelle.li'),
  regulator('NO', 'Datatilsynet', 'https://www.datatilsynet.no'),
  regulator('GB', 'Information Commissioner’s Office', 'https://ico.org.uk'),
  regulator('US-CA', 'California Privacy Protection Agency', 'https://cppa.ca.gov'),
  regulator('US-CO', 'Colorado Attorney General', 'https://coag.gov'),
  regulator('US-IL', 'Illinois Attorney General', 'https://illinoisattorneygeneral.gov'),
  regulator('US-TX', 'Texas Attorney General', 'https://www.texasattorneygeneral.gov'),
  regulator('US-WA', 'Washington State Attorney General', 'https://www.atg.wa.gov'),
];

const BY_REGION: ReadonlyMap<unknown, Regulator> = new Map(REGULATORS.map((one) => [one.region, one]));
const REGION = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/;

/**
 * Who takes complaints of people of a place; all of them where the place is not told or has none of its own, since a person
 * is not to be sent away for want of a code.
 *
 * @param region ISO 3166-1 alpha-2 or 3166-2: `'IE'`, `'US-IL'`
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` for what is no such code.
 * @example
 * ```ts
 * regulatorsOf('US-TX')[0].name; // 'Texas Attorney General'
 * ```
 */
export function regulatorsOf(region?: string): readonly Regulator[] {
  if (region === undefined) return REGULATORS;
  if (typeof region !== 'string' || !REGION.test(region))
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'A region is an ISO 3166 code such as IE or US-IL');
  const own = BY_REGION.get(region);
  return own === undefined ? REGULATORS : [own];
}
