import { AsignioCeremony } from './ceremony.ts';
import { AsignioConsent } from './consent.ts';
import { AsignioData } from './data.ts';
import { AsignioDecisions } from './decisions.ts';
import { AsignioFace } from './face/face.ts';
import { AsignioRequests } from './requests.ts';
import { AsignioRights } from './rights.ts';
import { AsignioSign } from './sign.ts';

declare global {
  interface HTMLElementTagNameMap {
    'asignio-sign': AsignioSign;
    'asignio-face': AsignioFace;
    'asignio-ceremony': AsignioCeremony;
    'asignio-consent': AsignioConsent;
    'asignio-data': AsignioData;
    'asignio-rights': AsignioRights;
    'asignio-decisions': AsignioDecisions;
    'asignio-requests': AsignioRequests;
  }
}

const ELEMENTS = {
  'asignio-sign': AsignioSign,
  'asignio-face': AsignioFace,
  'asignio-ceremony': AsignioCeremony,
  'asignio-consent': AsignioConsent,
  'asignio-data': AsignioData,
  'asignio-rights': AsignioRights,
  'asignio-decisions': AsignioDecisions,
  'asignio-requests': AsignioRequests,
} as const;

/** Defines the components of this package, where the page has not. */
export function defineElements(registry: CustomElementRegistry = customElements): void {
  for (const [name, element] of Object.entries(ELEMENTS))
    if (registry.get(name) === undefined) registry.define(name, element);
}
