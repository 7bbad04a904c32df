import { ERRORS } from '@asignio/contracts';
import type { ErrorCode } from '@asignio/contracts';
import { jsonSchema } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { ROUTES } from './routes.ts';
import type { Answer, Route } from './route.ts';
import { problemAnswer } from './schemas.ts';

/** Problems that any route may give. */
const ALWAYS: readonly ErrorCode[] = ['ASIGNIO_INTERNAL'];

/**
 * The OpenAPI 3.1 document of the router, made from the table of routes and the joi schemas that guard them.
 * @param mount where the router is mounted, `/asignio`
 */
export function openApiDocument(mount: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of ROUTES) (paths[templated(route.path)] ??= {})[route.method] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Asignio',
      version: '1',
      description: 'Signature sign-in: ceremonies, consents, and what a subject may do about their own data.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: mount === '' ? '/' : mount }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemAnswer) },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'session', description: 'The host application’s own session' },
      },
    },
  };
}

/** `/a/:b` as `/a/{b}`. */
function templated(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function operation(route: Route): JsonSchema {
  return {
    operationId: route.name,
    summary: route.summary,
    ...(route.signedIn ? { security: [{ session: [] }] } : {}),
    parameters: [...parameters('path', route), ...parameters('query', route)],
    ...requestBody(route),
    responses: { ...answers(route.answers), ...problems(route) },
  };
}

function parameters(place: 'path' | 'query', route: Route): readonly JsonSchema[] {
  const schema = place === 'path' ? route.params : route.query;
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: value,
  }));
}

function requestBody(route: Route): JsonSchema {
  if (route.body === undefined) return {};
  const content =
    'json' in route.body
      ? { 'application/json': { schema: jsonSchema(route.body.json) } }
      : Object.fromEntries(
          route.body.raw.map(({ mediaType }) => [
            mediaType,
            { schema: mediaType.endsWith('+json') ? { type: 'object' } : { type: 'string', format: 'binary' } },
          ]),
        );
  return { requestBody: { required: true, content } };
}

function answers(given: readonly Answer[]): JsonSchema {
  return Object.fromEntries(
    given.map((answer) => [
      answer.status,
      {
        description: answer.description,
        content: { [answer.mediaType]: answer.schema === undefined ? {} : { schema: jsonSchema(answer.schema) } },
      },
    ]),
  );
}

/** What can go wrong, one entry a status, with the codes named. */
function problems(route: Route): JsonSchema {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...route.problems, ...guardProblems(route), ...ALWAYS])) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

/** What the guards before the handler answer. */
function guardProblems(route: Route): readonly ErrorCode[] {
  return [
    ...(route.limit === 'none' ? [] : (['ASIGNIO_RATE_LIMITED'] as const)),
    ...(route.origin ? (['ASIGNIO_ORIGIN_REFUSED'] as const) : []),
    ...(route.signedIn ? (['ASIGNIO_SIGN_IN_REQUIRED'] as const) : []),
    ...(route.params === undefined ? [] : (['ASIGNIO_ID_INVALID'] as const)),
    ...(route.query === undefined ? [] : (['ASIGNIO_REQUEST_INVALID'] as const)),
    ...(route.body === undefined
      ? []
      : (['ASIGNIO_REQUEST_INVALID', 'ASIGNIO_MEDIA_TYPE', 'ASIGNIO_TOO_LARGE'] as const)),
    ...(route.name === 'readCapture' || route.name === 'readMetrics' ? (['ASIGNIO_NOT_FOUND'] as const) : []),
  ];
}
