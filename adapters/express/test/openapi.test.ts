import { openApiDocument } from '@asignio/express';
import { ROUTES } from '#src/document/routes.js';
import { jsonSchema } from '#src/document/json-schema.js';
import { grantBody } from '#src/document/schemas.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import Joi from 'joi';
import { startHost } from './support/app.js';

interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
}

describe('/openapi.json', () => {
  it('is a valid document of OpenAPI 3.1', async () => {
    const host = await startHost();
    const document = (await host.ask({ path: '/asignio/openapi.json' })).json() as unknown as Document;
    await host.close();
    const result = await new Validator().validate(document as unknown as Record<string, unknown>);
    expect(result.errors).to.equal(undefined);
    expect(result.valid).to.equal(true);
    expect(document.openapi).to.equal('3.1.0');
    expect(document.servers).to.deep.equal([{ url: '/asignio' }]);
  });

  it('has every route, and none that is not there', async () => {
    const { paths } = openApiDocument('/asignio') as unknown as Document;
    const written = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const served = ROUTES.map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(written.sort()).to.deep.equal(served.sort());
    const host = await startHost({ operator: () => ({ id: 'olga', role: 'auditor' }) });
    for (const route of ROUTES) {
      const path = `/asignio${route.path.replaceAll(/:\w+/g, 'signature')}`;
      const reply = await host.page(route.method.toUpperCase(), path);
      const unserved = reply.status === 404 && reply.json()['code'] === 'ASIGNIO_NOT_FOUND';
      expect(unserved, path).to.equal(route.name === 'readCapture');
    }
    await host.close();
  });

  it('says of an answer what a problem’s status may be', () => {
    const { paths } = openApiDocument('/asignio') as unknown as Document;
    const complete = paths['/ceremonies/{id}/complete']?.['post']?.responses;
    expect(Object.keys(complete ?? {})).to.include.members([
      '200',
      '400',
      '401',
      '403',
      '404',
      '409',
      '410',
      '415',
      '422',
      '429',
    ]);
  });
});

describe('a joi schema as JSON Schema', () => {
  it('says the same', () => {
    const schema = jsonSchema(grantBody) as {
      properties: Record<string, object>;
      required: string[];
      additionalProperties: boolean;
    };
    expect(schema.required).to.include.members(['noticeSha256', 'purposes', 'signature']);
    expect(schema.additionalProperties).to.equal(false);
    expect(schema.properties['noticeSha256']).to.deep.include({ type: 'string', pattern: '^[0-9a-f]{64}$' });
    expect(schema.properties['purposes']).to.deep.include({ type: 'array', minItems: 1, uniqueItems: true });
    expect(schema.properties['modality']).to.deep.include({ enum: ['signature', 'face', 'voice'] });
  });

  it('refuses what it cannot say, rather than leave it out', () => {
    expect(() => jsonSchema(Joi.string().email())).to.throw(TypeError, 'string.email');
    expect(() => jsonSchema(Joi.date())).to.throw(TypeError, 'date');
    expect(() => jsonSchema(Joi.array())).to.throw(TypeError);
  });
});
