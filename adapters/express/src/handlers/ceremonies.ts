import { createHash } from 'node:crypto';
import { AsignioError, bindingCookieName, ceremonyId, readCookie, subjectId } from '@asignio/contracts';
import type { CeremonyKind, Modality, SubjectId } from '@asignio/contracts';
import type { BeginCeremony, CeremonyHandle, CeremonyView, PromptAnswer, PromptBegin } from '@asignio/core';
import { SAMPLE_BODIES } from '../document/route.ts';
import { checkHeaders, readBody } from '../guard/body.ts';
import { uniformly } from '../guard/uniform.ts';
import { setBindingCookie } from '../http/binding-cookie.ts';
import { presentCeremony, presentCount } from '../http/present.ts';
import { signedIn } from '../visit.ts';
import type { Handler, House, Visit } from '../visit.ts';

interface BeginBody {
  readonly kind: CeremonyKind;
  readonly modalities: readonly Modality[];
  readonly subject?: string;
  readonly assurance?: string;
}

export const beginCeremony: Handler = async (house, visit) => {
  const { core, settings, metrics } = house;
  const body = visit.body as BeginBody;
  const { view, binding } = await uniformly(settings.timer, settings.uniformMs, async () =>
    core.ceremonies.begin({ ...(await about(house, visit, body)), ...aims(house, visit, body) }),
  );
  metrics.begun(view.kind);
  setBindingCookie(visit.req, visit.res, view, binding, settings.clock.now());
  visit.res.status(201).json(presentCeremony(view));
};

/** Whom it is about: the one signed in, or (to verify) the one whose name was typed. */
async function about(
  house: House,
  visit: Visit,
  body: BeginBody,
): Promise<Pick<BeginCeremony, 'subject' | 'signedIn'>> {
  if (body.kind === 'enrolment' || visit.requester !== undefined) {
    const subject = signedIn(visit);
    if (body.subject !== undefined)
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'The field `subject` must be left out by who is signed in');
    return { subject, signedIn: true };
  }
  if (body.subject === undefined)
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'The field `subject` is missing, and nobody is signed in');
  const typed = subjectId(body.subject);
  const nobody = nobodyCalled(typed);
  const resolved = await house.settings.resolveSubject(visit.req, typed);
  return { subject: resolved === undefined ? nobody : subjectId(resolved), signedIn: false };
}

function aims({ settings }: House, visit: Visit, body: BeginBody): Omit<BeginCeremony, 'subject' | 'signedIn'> {
  const authenticator = settings.authenticator(visit.req);
  return {
    tenant: visit.tenant,
    kind: body.kind,
    modalities: body.modalities,
    origin: visit.origin,
    ...(body.assurance === undefined ? {} : { assurance: body.assurance }),
    ...(authenticator === undefined ? {} : { authenticator }),
  };
}

/**
 * Stands for a name that nobody has: always the same for the same name, so that its attempts are counted, and never the
 * id of a subject, which the name itself might be.
 */
function nobodyCalled(typed: SubjectId): SubjectId {
  return subjectId(`nobody:${createHash('sha256').update(typed).digest('base64url')}`);
}

export const readCeremony: Handler = async ({ core }, visit) => {
  visit.res.json(presentCeremony(await core.ceremonies.view(handleOf(visit))));
};

export const promptCeremony: Handler = async ({ core }, visit) => {
  const modality = modalityOf(core, visit);
  visit.res.json(await core.ceremonies.prompt(handleOf(visit), modality, visit.body as PromptAnswer | PromptBegin));
};

export const submitSample: Handler = async ({ core, settings }, visit) => {
  const modality = modalityOf(core, visit);
  const rule = SAMPLE_BODIES[modality];
  if (rule === undefined) throw new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE');
  checkHeaders(visit.req, rule);
  const handle = handleOf(visit);
  const { kind } = await core.ceremonies.view(handle);
  const bytes = await readBody(visit.req, rule, settings.timer);
  try {
    const sample = { mediaType: rule.mediaType, bytes };
    const count = await uniformly(settings.timer, settings.uniformMs, () =>
      core.ceremonies.submit(handle, modality, sample),
    );
    visit.res.status(kind === 'verification' ? 202 : 200).json(presentCount(count));
  } finally {
    bytes.fill(0);
  }
};

/** @throws AsignioError `ASIGNIO_MODALITY_UNAVAILABLE`. */
function modalityOf(core: House['core'], visit: Visit): Modality {
  const modality = visit.params['modality'] as Modality;
  if (!core.modalities.includes(modality)) throw new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE');
  return modality;
}

export const completeCeremony: Handler = async ({ core, settings, metrics }, visit) => {
  const handle = handleOf(visit);
  try {
    const view = await uniformly(settings.timer, settings.uniformMs, () => core.ceremonies.complete(handle));
    metrics.decided(view.kind, view.decision ?? 'accepted');
    visit.res.json(presentCeremony(view));
  } catch (error) {
    if (error instanceof AsignioError && error.code === 'ASIGNIO_NOT_VERIFIED')
      metrics.decided('verification', 'rejected');
    if (error instanceof AsignioError && error.code === 'ASIGNIO_ENROLMENT_REFUSED')
      metrics.decided('enrolment', 'rejected');
    throw error;
  }
};

/** How often a stream looks, how long it lasts at most, and how often it shows that it is alive, ms. */
const POLL_MS = 500;
const STREAM_MS = 300_000;
const SIGN_OF_LIFE_MS = 15_000;

export const watchCeremony: Handler = async ({ core, settings, streams }, visit) => {
  const { req, res } = visit;
  const handle = handleOf(visit);
  const leave = streams.take(handle.id);
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  try {
    let view = await core.ceremonies.view(handle);
    // `no-transform` and the header for nginx: whoever compresses or buffers would hold events back.
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    const { timer } = settings;
    const until = timer.now() + STREAM_MS;
    let shown = '';
    let spoke = timer.now();
    while (req.method !== 'HEAD' && !gone.signal.aborted) {
      const now = JSON.stringify(presentCeremony(view));
      if (now !== shown) res.write(`event: state\ndata: ${now}\n\n`);
      else if (timer.now() - spoke >= SIGN_OF_LIFE_MS) res.write(':\n\n');
      if (now !== shown || timer.now() - spoke >= SIGN_OF_LIFE_MS) spoke = timer.now();
      shown = now;
      if (ended(view) || timer.now() >= until) break;
      await timer.sleep(POLL_MS, gone.signal);
      if (!gone.signal.aborted) view = await core.ceremonies.view(handle);
    }
    res.end();
  } finally {
    leave();
  }
};

function ended(view: CeremonyView): boolean {
  return view.state !== 'open' && view.state !== 'deciding';
}

/**
 * Names the ceremony together with the secret of this browser.
 * @throws AsignioError `ASIGNIO_CEREMONY_UNKNOWN` where the browser has none.
 */
function handleOf({ req, tenant, origin, requester, params }: Visit): CeremonyHandle {
  const id = ceremonyId(params['id']);
  const binding = readCookie(req.headers.cookie, bindingCookieName(id, req.secure));
  if (binding === undefined) throw new AsignioError('ASIGNIO_CEREMONY_UNKNOWN');
  return { tenant, id, binding, origin, ...(requester === undefined ? {} : { requester }) };
}
